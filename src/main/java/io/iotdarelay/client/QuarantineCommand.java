package io.iotdarelay.client;

import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Lists devices that are set aside. */
@Command(
        name = "quarantine",
        description = {
            "Lists the devices that a running relay has set aside: why, since when, and when each is tried next.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay quarantine",
            "  iotda-relay quarantine --json | jq -r '.devices[].deviceId'",
            "",
            "Findings (exit code 1): devices are set aside.",
            ExitCode.MEANINGS
        })
final class QuarantineCommand extends ApiCommand {

    QuarantineCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) {
        return show(api, api.get("/quarantine", options().patience()), QuarantineCommand::judge, this::print);
    }

    private static int judge(JsonNode answer) {
        if (!answer.path("devices").isArray()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return answer.path("devices").isEmpty() && Fields.count(answer, "count") == 0
                ? ExitCode.FINE
                : ExitCode.FINDINGS;
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        Table table = devices(answer);
        if (table.isEmpty()) {
            screen.text("No device is set aside.");
            return;
        }
        table.print(screen);
        long more = Fields.count(answer, "count") - answer.path("devices").size();
        if (more > 0) {
            screen.text("and " + Fields.number(more) + " more");
        }
    }

    /** The devices of an answer that has those that are set aside. */
    static Table devices(JsonNode answer) {
        Table table = new Table(1, "DEVICE", "REASON", "CODE", "SINCE", "REFUSALS", "NEXT PROBE");
        for (JsonNode each : Fields.list(answer, "devices")) {
            table.row(
                    Fields.text(each, "deviceId"),
                    Fields.text(each, "reason"),
                    Fields.text(each, "errorCode"),
                    Fields.moment(each, "since"),
                    Fields.text(each, "refusals"),
                    Fields.moment(each, "nextProbe"));
        }
        return table;
    }
}
