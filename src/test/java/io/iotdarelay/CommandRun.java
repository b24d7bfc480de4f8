package io.iotdarelay;

import io.iotdarelay.commands.Commands;
import io.iotdarelay.commands.Configured;
import io.iotdarelay.commands.Surroundings;
import io.iotdarelay.commands.Surroundings.ApplicationAccess;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A verb of the command line, run in this process.
 *
 * @param out what it printed to the standard output
 * @param err what it printed to the standard error
 */
public record CommandRun(int exitCode, String out, String err) {

    /** Runs one. */
    public static CommandRun of(String... arguments) {
        return with("", arguments);
    }

    /** Runs one with a standard input. */
    public static CommandRun with(String input, String... arguments) {
        return run(input, Optional.empty(), arguments);
    }

    /** Runs one that asks this application side instead of the configured one. */
    public static CommandRun with(ApplicationAccess application, String... arguments) {
        return run("", Optional.of(application), arguments);
    }

    private static CommandRun run(String input, Optional<ApplicationAccess> application, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Clock clock = Clock.systemUTC();
        CommandConfiguration configuration = new CommandConfiguration(clock);
        Surroundings surroundings = new Surroundings(
                configuration,
                new CommandPlatform(clock, System::nanoTime),
                new CommandRegistry(configuration),
                application.orElseGet(() -> new CommandApplication(configuration, clock, System::nanoTime)),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err),
                false,
                clock,
                System::nanoTime);
        return new CommandRun(Commands.run(arguments, surroundings, "1.0"), out.toString(), err.toString());
    }

    /** What a verb would read with this option. */
    public static Configured configuration(String config) {
        return new CommandConfiguration(Clock.systemUTC())
                .read(List.of("--spring.config.additional-location=" + config.replace("--config=", "file:")));
    }

    /** The output, which is JSON. */
    public JsonNode json() {
        return JsonMapper.shared().readTree(out);
    }

    /** The lines of the output. */
    public List<String> lines() {
        return out.lines().toList();
    }
}
