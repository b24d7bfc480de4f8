package io.iotdarelay;

import io.iotdarelay.commands.Commands;
import io.iotdarelay.commands.Surroundings;
import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LoggingSystem;

/** Runs a verb of the command line in place of the service, and ends the process. */
final class CommandLineStart {

    private CommandLineStart() {}

    static void run(String[] arguments) {
        PrintStream out = System.out;
        // Libraries that print or log something must not spoil what programs read.
        System.setOut(System.err);
        LoggingSystem.get(CommandLineStart.class.getClassLoader()).beforeInitialize();
        Clock clock = Clock.systemUTC();
        PrintWriter answers = new PrintWriter(out, true, StandardCharsets.UTF_8);
        PrintWriter complaints = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandConfiguration configuration = new CommandConfiguration(clock);
        Surroundings surroundings = new Surroundings(
                configuration,
                new CommandPlatform(clock, System::nanoTime),
                new CommandRegistry(configuration),
                new CommandApplication(configuration, clock, System::nanoTime),
                System.in,
                answers,
                complaints,
                isTerminal(System.console()),
                clock,
                System::nanoTime);
        String version = Objects.requireNonNullElse(
                CommandLineStart.class.getPackage().getImplementationVersion(), "(not built)");
        System.exit(Commands.run(arguments, surroundings, version));
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }
}
