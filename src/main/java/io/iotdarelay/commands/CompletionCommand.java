package io.iotdarelay.commands;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what completes commands and options in a shell. */
@Command(
        name = "completion",
        description = {"Prints a script that completes commands and options in a shell.", ""},
        footer = {
            "",
            "Example, in ~/.bashrc or ~/.zshrc:",
            "  alias iotda-relay='java -jar /opt/iotda-relay/iotda-relay.jar'",
            "  source <(iotda-relay completion bash)"
        })
final class CompletionCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String shell;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help, and exit.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help
    private boolean help;

    @Override
    public Integer call() throws UsageException {
        if (!Set.of("bash", "zsh").contains(shell)) {
            throw new UsageException("there is completion for bash and zsh");
        }
        CommandLine all = spec.root().commandLine();
        all.getOut().print(AutoComplete.bash("iotda-relay", all)); // it is for both
        all.getOut().flush();
        return Commands.OK;
    }
}
