package io.iotdarelay.commands;

import io.iotdarelay.client.Client;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The verbs about devices. */
@Command(
        name = "devices",
        description = {
            "Registers, compares and rotates devices, over the application side of IoTDA (relay.platform); lists those of a running relay.",
            ""
        },
        subcommands = HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class DevicesCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help, and exit.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help
    private boolean help;

    static CommandLine line(Settings settings) {
        return new CommandLine(new DevicesCommand())
                .addSubcommand(new RegisterCommand(settings))
                .addSubcommand(new CompareCommand(settings))
                .addSubcommand(new RotateCommand(settings))
                .addSubcommand("list", Client.devicesList());
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Name a command: register, compare, rotate or list");
    }
}
