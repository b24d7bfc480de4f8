package io.iotdarelay.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Pauses everything, a route or a partition. */
@Command(
        name = "pause",
        description = {
            "Pauses everything, a route or a partition of a running relay, for its whole consumer group. Records wait in Kafka meanwhile.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay pause --route meters --reason 'valve exchange' --for 30m",
            "  iotda-relay pause --partition telemetry.meters-3 --reason 'poisoned, see INC-17'",
            "",
            "Findings (exit code 1): it is stored, but the instance that was asked has not carried it out yet.",
            ExitCode.MEANINGS
        })
final class PauseCommand extends ApiCommand {

    @Mixin
    private final PauseTarget target = new PauseTarget();

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "Why; one line that others will read.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reason;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "When it ends by itself, such as 30m, 4h or 2d. By default it lasts until it is resumed.")
    private @Nullable String lasting;

    PauseCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        target.check();
        ObjectNode order = Json.object();
        target.into(order);
        order.put("reason", reason);
        if (lasting != null) {
            order.put("for", lasting);
        }
        return show(api, api.post("/pauses", order, options().patience()), PauseCommand::judge, this::print);
    }

    private static int judge(JsonNode answer) {
        if (!answer.path("carriedOut").isBoolean()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return answer.path("carriedOut").asBoolean(false) ? ExitCode.FINE : ExitCode.FINDINGS;
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        if (answer.path("ended").asBoolean(false)) {
            screen.text("The pause is over already.");
            return;
        }
        JsonNode paused = answer.path("paused");
        screen.text("", "Paused: " + target.describe(), Tone.WARNING);
        screen.text("  until       ", until(paused), Tone.PLAIN);
        screen.text("  stops here  ", Pauses.names(paused, "partitions"), Tone.PLAIN);
        if (!Fields.list(paused, "alsoStops").isEmpty()) {
            screen.text("  stops, too  ", Pauses.names(paused, "alsoStops"), Tone.WARNING);
        }
        if (!answer.path("carriedOut").asBoolean(false)) {
            screen.text(
                    "The instance that was asked is not reading at the moment; it will not begin with what is paused.");
        }
    }

    private static String until(JsonNode paused) {
        return paused.path("until").isString() ? Fields.moment(paused, "until") : "it is resumed";
    }
}
