package io.iotdarelay.client;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Why a device is delivered, or is not. */
@Command(
        name = "explain",
        description = {
            "Tells why a device is delivered, or is not, in plain words. The platform is not asked, and nothing is sent.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay explain meter-1",
            "  iotda-relay explain meter-1 --json | jq -r .state",
            "",
            "Findings (exit code 1): its state is not 'delivered'.",
            ExitCode.MEANINGS
        })
final class ExplainCommand extends ApiCommand {

    @Parameters(paramLabel = "DEVICE", description = "The device's ID.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String device;

    ExplainCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        return show(
                api,
                api.get("/devices/" + Paths.name(device), options().patience()),
                ExplainCommand::judge,
                this::print);
    }

    private static int judge(JsonNode answer) {
        return switch (answer.path("state").asString("")) {
            case "" -> ExitCode.NOT_UNDERSTOOD;
            case "delivered" -> ExitCode.FINE;
            default -> ExitCode.FINDINGS;
        };
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        String state = Fields.text(answer, "state");
        screen.text("device        ", Fields.text(answer, "deviceId"), Tone.PLAIN);
        screen.text("state         ", state, Tone.of(state));
        Fields.list(answer, "explanation")
                .forEach(each -> screen.text("              ", Fields.text(each), Tone.PLAIN));
        screen.text("see           ", Fields.text(answer, "runbook"), Tone.FAINT);
        screen.blank();
        screen.text("directory     ", directory(answer.path("directory")), Tone.PLAIN);
        screen.text("lane          ", lane(answer.path("lane")), Tone.PLAIN);
        screen.text("token         ", token(answer.path("token")), Tone.PLAIN);
        screen.text("last request  ", request(answer.path("lastRequest")), Tone.PLAIN);
        screen.text("last success  ", Fields.moment(answer, "lastSuccess"), Tone.PLAIN);
        if (answer.path("quarantine").isObject()) {
            screen.text("set aside     ", aside(answer.path("quarantine")), Tone.BAD);
        }
        Fields.list(answer, "holdsUp").forEach(each -> screen.text("holds up      ", held(each), Tone.WARNING));
        Table letters = new Table(1, "DEAD LETTER OF", "AT", "ROUTE", "REASON", "DETAIL");
        for (JsonNode each : Fields.list(answer, "deadLetters")) {
            letters.row(
                    Fields.text(each, "record"),
                    Fields.moment(each, "at"),
                    Fields.text(each, "route"),
                    Fields.text(each, "reason"),
                    Fields.text(each, "detail"));
        }
        if (!letters.isEmpty()) {
            screen.blank();
        }
        letters.print(screen);
    }

    private static String directory(JsonNode directory) {
        if (!directory.path("known").asBoolean(false)) {
            return directory.path("loaded").asBoolean(true) ? "does not know it" : "is not loaded yet";
        }
        List<String> parts = new ArrayList<>();
        parts.add("knows it from " + Fields.text(directory, "source"));
        parts.add(directory.path("hasSecret").asBoolean(false) ? "with a secret" : "without a secret");
        for (String each : List.of("gateway", "product", "group", "node", "barrier")) {
            if (directory.has(each)) {
                parts.add(each + " " + Fields.text(directory, each));
            }
        }
        return String.join(", ", parts);
    }

    private static String lane(JsonNode lane) {
        StringBuilder text = new StringBuilder("of " + Fields.text(lane, "sender") + ": "
                + Fields.text(lane, "waiting") + " waiting, "
                + Fields.text(lane, "inFlight") + " in flight");
        if (lane.has("nextAttempt")) {
            text.append(", next attempt ").append(Fields.moment(lane, "nextAttempt"));
        }
        if (lane.has("oldest")) {
            text.append("; oldest: ").append(held(lane.path("oldest")));
        }
        return text.toString();
    }

    private static String held(JsonNode held) {
        return Fields.text(held, "record") + " waits for " + Fields.text(held, "waitsFor") + ": "
                + Fields.text(held, "detail");
    }

    private static String token(JsonNode token) {
        return token.isObject()
                ? Fields.time(token, "ageSeconds") + " old, " + Fields.time(token, "leftSeconds") + " left"
                : "none";
    }

    private static String request(JsonNode request) {
        if (!request.isObject()) {
            return Fields.NONE;
        }
        return Fields.text(request, "kind") + " at " + Fields.moment(request, "at") + ": "
                + Fields.text(request, "outcome")
                + (request.has("status") ? ", status " + Fields.text(request, "status") : "")
                + (request.has("errorCode") ? ", " + Fields.text(request, "errorCode") : "");
    }

    private static String aside(JsonNode quarantine) {
        return Fields.text(quarantine, "reason") + " since " + Fields.moment(quarantine, "since") + ", refused "
                + Fields.text(quarantine, "refusals") + " times, tried next at "
                + Fields.moment(quarantine, "nextProbe");
    }
}
