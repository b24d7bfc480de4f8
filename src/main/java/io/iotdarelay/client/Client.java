package io.iotdarelay.client;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a verb that asks a running relay. Only the verb that is named is made. */
public final class Client {

    private static final List<String> VERBS =
            List.of("status", "explain", "quarantine", "pause", "resume", "deadletters");

    private static final int NARROWEST_HELP = 60;
    private static final int WIDEST_HELP = 120;

    private Client() {}

    /** Runs the verb that the arguments begin with, and returns the exit code. */
    public static int run(String[] arguments, Terminal terminal) {
        CommandLine line = arguments[0].equals("devices")
                ? new CommandLine(new Group("iotda-relay"))
                        .addSubcommand(
                                "devices",
                                new CommandLine(new Group("devices")).addSubcommand("list", devicesList(terminal)))
                : new CommandLine(new Group("iotda-relay")).addSubcommand(arguments[0], verb(arguments[0], terminal));
        line.getCommandSpec().name("iotda-relay");
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        if (terminal.isInteractive()
                && Arrays.asList(arguments).stream().anyMatch(each -> each.equals("-h") || each.equals("--help"))) {
            line.setUsageHelpWidth(Math.clamp(terminal.columns().getAsInt(), NARROWEST_HELP, WIDEST_HELP));
        }
        line.setParameterExceptionHandler((wrong, given) -> wrong(wrong, given, terminal));
        line.setExecutionExceptionHandler((defect, command, parsed) -> {
            if (defect instanceof UsageException usage) {
                terminal.err().println(SafeText.line(String.valueOf(usage.getMessage())));
                terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
                return ExitCode.USAGE;
            }
            throw defect;
        });
        int code = line.execute(arguments);
        terminal.out().flush();
        terminal.err().flush();
        return code;
    }

    /** All verbs but {@code devices list}, to describe them. They cannot be run. */
    public static List<CommandLine> verbs() {
        return VERBS.stream().map(name -> verb(name, Terminal.nowhere())).toList();
    }

    /** {@code devices list}, to describe it. */
    public static CommandLine devicesList() {
        return devicesList(Terminal.nowhere());
    }

    private static CommandLine devicesList(Terminal terminal) {
        return new CommandLine(new DevicesListCommand(terminal));
    }

    private static CommandLine verb(String name, Terminal terminal) {
        return switch (name) {
            case "status" -> new CommandLine(new StatusCommand(terminal));
            case "explain" -> new CommandLine(new ExplainCommand(terminal));
            case "deadletters" -> deadLetters(terminal);
            case "quarantine" -> new CommandLine(new QuarantineCommand(terminal));
            case "pause" -> new CommandLine(new PauseCommand(terminal));
            case "resume" -> new CommandLine(new ResumeCommand(terminal));
            default -> throw new IllegalArgumentException("no verb");
        };
    }

    private static CommandLine deadLetters(Terminal terminal) {
        CommandLine group = new CommandLine(new Group("deadletters"))
                .addSubcommand(new DeadLettersListCommand(terminal))
                .addSubcommand(new DeadLettersShowCommand(terminal))
                .addSubcommand(new RedriveCommand(terminal));
        group.getCommandSpec()
                .name("deadletters")
                .mixinStandardHelpOptions(false)
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this help, and exit.")
                        .build())
                .usageMessage()
                .description(
                        "Lists dead letters, shows one beside what it would become today, and sends them again.", "");
        return group;
    }

    /** What was typed is repeated only where it is no password. */
    private static int wrong(ParameterException wrong, String[] given, Terminal terminal) {
        boolean password = Arrays.stream(given)
                .anyMatch(each -> each.startsWith("--pass")
                        && !each.equals("--password-file")
                        && !each.startsWith("--password-file="));
        boolean address = Arrays.stream(given).anyMatch(each -> each.contains("@"));
        String why = password
                ? "A password is never an argument, which others on this machine can see: --password-file, or IOTDA_RELAY_PASSWORD"
                : wrong instanceof MissingParameterException || !address
                        ? wrong.getMessage()
                        : "There is an argument that is not known";
        terminal.err().println(SafeText.line(String.valueOf(why)));
        terminal.err().println("Try '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        terminal.err().flush();
        return ExitCode.USAGE;
    }

    /** Has verbs. */
    @Command(synopsisSubcommandLabel = "COMMAND")
    private static final class Group implements Runnable {

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        private final String name;

        Group(String name) {
            this.name = name;
        }

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), name + ": name a command");
        }
    }
}
