package io.iotdarelay.client;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists devices in a state. */
@Command(
        name = "list",
        description = {"Lists the devices of a running relay that are in a state, in the order of their IDs.", ""},
        footer = {
            "",
            "Examples:",
            "  iotda-relay devices list --state waiting",
            "  iotda-relay devices list --state quarantined --limit 1000 --json",
            "",
            "Findings (exit code 1): there are some.",
            ExitCode.MEANINGS
        })
final class DevicesListCommand extends ApiCommand {

    private static final int MOST = 1000;

    @Option(
            names = "--state",
            required = true,
            paramLabel = "STATE",
            description =
                    "quarantined: set aside. waiting: reports wait in their lanes. unknown: the directory does not know them.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String state;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many, from 1 to 1000; by default 100.")
    private @Nullable Integer limit;

    @Option(names = "--after", paramLabel = "ID", description = "Those after this ID: the next page.")
    private @Nullable String after;

    DevicesListCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        if (!Set.of("quarantined", "waiting", "unknown").contains(state)) {
            throw new UsageException("--state is quarantined, waiting or unknown");
        }
        if (limit != null && (limit < 1 || limit > MOST)) {
            throw new UsageException("--limit is from 1 to " + MOST);
        }
        Query query =
                new Query("/devices").with("state", state).with("after", after).with("limit", limit);
        return show(api, api.get(query.toString(), options().patience()), DevicesListCommand::judge, this::print);
    }

    private static int judge(JsonNode answer) {
        if (!answer.path("devices").isArray()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return answer.path("devices").isEmpty() ? ExitCode.FINE : ExitCode.FINDINGS;
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        Table table = state.equals("quarantined") ? QuarantineCommand.devices(answer) : others(answer);
        if (table.isEmpty()) {
            screen.text("No device is " + state + ".");
        }
        table.print(screen);
        if (answer.path("next").isString()) {
            screen.text("There may be more: --after " + Fields.text(answer, "next"));
        }
    }

    private Table others(JsonNode answer) {
        boolean unknown = state.equals("unknown");
        Table table = unknown ? new Table(1, "DEVICE", "LAST DEAD LETTER", "ROUTE", "RECORD") : new Table(1, "DEVICE");
        for (JsonNode each : Fields.list(answer, "devices")) {
            JsonNode letter = each.path("lastDeadLetter");
            String device = Fields.text(each, "deviceId");
            if (unknown) {
                table.row(
                        device,
                        Fields.moment(letter, "at"),
                        Fields.text(letter, "route"),
                        Fields.text(letter, "record"));
            } else {
                table.row(device);
            }
        }
        return table;
    }
}
