package io.iotdarelay.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Ends a pause, or starts a route that the relay has stopped. */
@Command(
        name = "resume",
        description = {
            "Ends a pause, or starts a route again that the relay has stopped because most of its records became dead letters.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay resume --route meters",
            "  iotda-relay resume --stopped-route meters",
            "",
            "Findings (exit code 1): there was no such pause, others are still in force, or the instance that was asked has not carried it out yet.",
            ExitCode.MEANINGS
        })
final class ResumeCommand extends ApiCommand {

    private static final int NOT_FOUND = 404;

    @Mixin
    private final PauseTarget target = new PauseTarget();

    @Option(
            names = "--stopped-route",
            paramLabel = "NAME",
            description = "A route that the relay has stopped; of the instance that is asked.")
    private @Nullable String stopped;

    ResumeCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        if (stopped != null) {
            return start(api, stopped);
        }
        target.check();
        return show(
                api,
                api.delete(
                        target.into(new Query("/pauses")).toString(), options().patience()),
                ResumeCommand::judge,
                this::print);
    }

    private int start(RelayApi api, String route) throws UsageException {
        if (target.isNamed()) {
            throw new UsageException("--stopped-route stands alone");
        }
        Answer answer = api.post(
                "/routes/" + Paths.name(route), Json.object(), options().patience());
        return show(
                api,
                answer instanceof Answer.Refused refused && refused.status() == NOT_FOUND
                        ? new Answer.Refused(NOT_FOUND, "there is no route " + route)
                        : answer,
                started -> started.path("state").isString() ? ExitCode.FINE : ExitCode.NOT_UNDERSTOOD,
                started -> screen().text("Route " + route + ": " + Fields.text(started, "state")));
    }

    private static int judge(JsonNode answer) {
        if (!answer.path("resumed").isBoolean()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return answer.path("resumed").asBoolean(false)
                        && answer.path("carriedOut").asBoolean(false)
                        && answer.path("pauses").isEmpty()
                ? ExitCode.FINE
                : ExitCode.FINDINGS;
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        screen.text(
                answer.path("resumed").asBoolean(false)
                        ? "Resumed: " + target.describe()
                        : "There was no pause of " + target.describe());
        if (!answer.path("carriedOut").asBoolean(false)) {
            screen.text("The instance that was asked has not carried it out yet.");
        }
        List<JsonNode> others = Fields.list(answer, "pauses");
        if (!others.isEmpty()) {
            screen.text("Still paused:");
            Pauses.table(others).print(screen);
        }
    }
}
