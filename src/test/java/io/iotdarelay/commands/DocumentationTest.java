package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code docs/commands.md} says. */
class DocumentationTest {

    private static final String PAGE = Yaml.text(Path.of("docs/commands.md"));

    private static final Pattern BLOCK = Pattern.compile("(?s)```\\w*\\n(.*?)```");

    @TempDir
    private Path folder;

    @Test
    @SuppressWarnings("NullAway") // no command runs
    void namesEveryCommandAndOption() {
        CommandLine line = Commands.line(new Settings(null, List.of()), "");

        line.getSubcommands().forEach((verb, command) -> {
            if (command.getSubcommands().isEmpty()) {
                assertNamed(verb, command);
            } else {
                command.getSubcommands().forEach((second, inner) -> assertNamed(verb + " " + second, inner));
            }
        });
        assertThat(PAGE).contains("`--config FILE`", "`--help`", "--version");
    }

    private static void assertNamed(String verb, CommandLine command) {
        if (verb.endsWith("help")) {
            return;
        }
        String section = PAGE.substring(PAGE.indexOf("\n## " + verb + "\n"));
        String own = section.substring(
                0, Math.max(section.indexOf("\n## ", 4), 0) == 0 ? section.length() : section.indexOf("\n## ", 4));
        command.getCommandSpec().options().stream()
                .map(CommandLine.Model.OptionSpec::longestName)
                .filter(option -> !option.equals("--config") && !option.equals("--help"))
                .filter(option -> !isCommon(command, option))
                .forEach(option -> assertThat(own).as(verb).contains("`" + option, option));
    }

    /** Those that ask a running relay have options in common, which are described once. */
    private static boolean isCommon(CommandLine command, String option) {
        String common = PAGE.substring(PAGE.indexOf("\n## Asking a running relay\n"), PAGE.indexOf("\n## status\n"));
        return command.getCommandSpec().findOption("--url") != null
                && (common.contains("`" + option + "`") || common.contains("`" + option + " "));
    }

    @Test
    void showsWhatTryPrints() {
        Workplace place = readme();
        String shown = block(PAGE, "record   telemetry.meters-0-0, 86 bytes");

        CommandRun run = CommandRun.with(
                "{\"device_id\":\"meter-1\",\"ts\":\"2026-11-24T12:00:00Z\",\"payload\":{\"temp\":21.50,\"dv\":2301}}",
                "try",
                place.config(),
                "--route=meters",
                "--timestamp=2026-11-24T12:00:01Z");

        assertThat(run.out()).isEqualTo(shown);
    }

    @Test
    void showsACaseThatPasses() {
        Workplace place = readme();
        place.write("cases/reading.case.yaml", block(PAGE, "record:\n  topic: telemetry.meters"));

        CommandRun run =
                CommandRun.of("test", place.config(), place.path("cases").toString());

        assertThat(run.out()).isEqualTo("pass  reading\n1 case, 0 failed\n");
    }

    /** The configuration in the README. */
    private Workplace readme() {
        Workplace place = new Workplace(folder);
        place.write("devices.csv", "device_id,secret,gateway_id\nmeter-1,x,\n");
        place.write(
                "relay.yaml",
                block(Yaml.text(Path.of("README.md")), "spring.kafka.bootstrap-servers: kafka-1:9092")
                        .replace(
                                "/etc/iotda-relay/devices.csv",
                                place.path("devices.csv").toString()));
        return place;
    }

    private static String block(String page, String begin) {
        return BLOCK.matcher(page)
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.startsWith(begin))
                .findFirst()
                .orElseThrow();
    }
}
