package io.iotdarelay.client;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** A verb that asks a relay. */
abstract class ApiCommand implements Callable<Integer> {

    @Mixin
    private final RelayOptions options = new RelayOptions();

    private final Terminal terminal;

    ApiCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public final Integer call() throws UsageException {
        try (RelayApi api = options.open(terminal)) {
            int code = ask(api);
            terminal.out().flush();
            terminal.err().flush();
            return code;
        }
    }

    /** Does it, and returns the exit code. */
    abstract int ask(RelayApi api) throws UsageException;

    final Terminal terminal() {
        return terminal;
    }

    final RelayOptions options() {
        return options;
    }

    final Screen screen() {
        return new Screen(terminal);
    }

    /** A line for people, beside the output. */
    final void tell(String text) {
        terminal.err().println(SafeText.line(text));
        terminal.err().flush();
    }

    /**
     * Prints an answer, as it is or for people.
     *
     * @param judge tells the exit code
     */
    final int show(RelayApi api, Answer answer, ToIntFunction<JsonNode> judge, Consumer<JsonNode> forPeople) {
        if (!(answer instanceof Answer.Given given)) {
            return failed(api, answer);
        }
        int code = judge.applyAsInt(given.json());
        if (options.json()) {
            print(given);
        } else if (code != ExitCode.NOT_UNDERSTOOD) {
            forPeople.accept(given.json());
        }
        terminal.out().flush();
        tellSilent(given.json());
        return code == ExitCode.NOT_UNDERSTOOD ? strange(api, "JSON of another shape") : code;
    }

    /** Prints an answer as it is. */
    final void print(Answer.Given answer) {
        terminal.out().println(SafeText.json(answer.text().strip()));
    }

    /** Instances of a group that did not answer. */
    private void tellSilent(JsonNode answer) {
        Fields.list(answer, "silent")
                .forEach(each ->
                        tell("not included: " + Fields.text(each, "instance") + ", " + Fields.text(each, "why")));
    }

    /** Says why there is no answer. */
    final int failed(RelayApi api, Answer answer) {
        return switch (answer) {
            case Answer.Given given -> strange(api, "a part of the answer is missing");
            case Answer.Silent silent -> {
                tell("No answer from " + api.relay() + ": " + silent.why());
                yield ExitCode.UNREACHABLE;
            }
            case Answer.Strange strange -> strange(api, strange.why());
            case Answer.Refused refused -> {
                tell("The relay at " + api.relay() + " refuses: " + refused.why());
                yield refused.isAboutCredentials() ? ExitCode.NOT_ALLOWED : ExitCode.REFUSED;
            }
        };
    }

    /** The answer has another shape than that of a relay. */
    final int strange(RelayApi api, String why) {
        tell("What answers at " + api.relay() + " is not understood: " + why);
        return ExitCode.NOT_UNDERSTOOD;
    }
}
