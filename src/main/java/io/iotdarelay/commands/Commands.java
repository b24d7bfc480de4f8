package io.iotdarelay.commands;

import io.iotdarelay.client.Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Runs a verb. */
@Command(
        name = "iotda-relay",
        description = {
            "Relays device telemetry from Kafka to Huawei Cloud IoTDA. Without a command it starts the service.",
            ""
        },
        subcommands = HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Configuration is read as the service reads it; arguments such as --spring.config.additional-location=file:relay.yaml and"
                    + " --relay.iotda.endpoint=... may stand anywhere.",
            "Commands that ask a running relay (status, explain, quarantine, pause, resume, deadletters, devices list) read no configuration.",
            "Exit codes: 0 no problem found, 1 there are findings, 2 the command line is wrong; see also the help of each."
        })
public final class Commands implements Runnable {

    static final int OK = 0;
    static final int FINDINGS = 1;
    static final int USAGE = 2;

    /** Arguments of Spring have a dot in their name; options of a verb never have one. */
    private static final Pattern OF_SPRING = Pattern.compile("--[A-Za-z0-9_-]+[.\\[][^=]*(=.*)?", Pattern.DOTALL);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Commands() {}

    /** Runs the verb that the arguments begin with, and returns the exit code. */
    public static int run(String[] arguments, Surroundings surroundings, String version) {
        List<String> ofSpring = new ArrayList<>();
        List<String> own = new ArrayList<>();
        for (String argument : arguments) {
            (OF_SPRING.matcher(argument).matches() ? ofSpring : own).add(argument);
        }
        CommandLine line = line(new Settings(surroundings, ofSpring), version);
        line.setOut(surroundings.out());
        line.setErr(surroundings.err());
        int code = line.execute(own.toArray(String[]::new));
        surroundings.out().flush();
        surroundings.err().flush();
        return code;
    }

    /** All verbs with their options. */
    static CommandLine line(Settings settings, String version) {
        CommandLine line = new CommandLine(new Commands())
                .addSubcommand(new CheckCommand(settings))
                .addSubcommand(new TryCommand(settings))
                .addSubcommand(new SuggestCommand(settings))
                .addSubcommand(new TestCommand(settings))
                .addSubcommand(DevicesCommand.line(settings))
                .addSubcommand(ProductsCommand.line(settings));
        Client.verbs().forEach(line::addSubcommand);
        line.addSubcommand(new CompletionCommand());
        line.getCommandSpec()
                .version("iotda-relay " + version)
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this help, and exit.")
                        .build())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Print the version, and exit.")
                        .build());
        line.setExecutionExceptionHandler((defect, command, parsed) -> {
            if (defect instanceof UsageException wrong) {
                command.getErr().println(wrong.getMessage());
                command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
                return USAGE;
            }
            if (defect instanceof IOException) {
                command.getErr().println(defect.getClass().getSimpleName() + ": " + defect.getMessage());
                return USAGE;
            }
            throw defect;
        });
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
