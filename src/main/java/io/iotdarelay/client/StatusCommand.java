package io.iotdarelay.client;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Whether it is flowing, and where it is stuck. */
@Command(
        name = "status",
        description = {
            "Tells whether a running relay delivers: where it is stuck and why, its routes with their rates, its partitions and what they wait"
                    + " for, breakers, dead letters, and how many devices are set aside.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay status",
            "  iotda-relay status --url https://relay.example:8080 --ca-file ca.pem --user viewer --password-file password",
            "  iotda-relay status --json | jq -r '.stuck[].why'",
            "",
            "Findings (exit code 1): it is stuck or paused, or a device is set aside.",
            ExitCode.MEANINGS
        })
final class StatusCommand extends ApiCommand {

    private static final int MOST_PARTITIONS = 20;

    @Option(names = "--all-partitions", description = "Show all partitions, not only 20, those that wait first.")
    private boolean allPartitions;

    StatusCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) {
        return show(api, api.get("/relay", options().patience()), StatusCommand::judge, this::print);
    }

    private static int judge(JsonNode relay) {
        boolean quarantined = Fields.count(relay.path("devices"), "quarantined") > 0;
        return switch (relay.path("state").asString("")) {
            case "" -> ExitCode.NOT_UNDERSTOOD;
            case "flowing", "idle" -> quarantined ? ExitCode.FINDINGS : ExitCode.FINE;
            default -> ExitCode.FINDINGS;
        };
    }

    private void print(JsonNode relay) {
        Screen screen = screen();
        JsonNode instance = relay.path("instance");
        String state = Fields.text(relay, "state");
        screen.text("state         ", state, Tone.of(state));
        screen.text(
                "instance      ",
                Fields.text(instance, "name") + ", version " + Fields.text(instance, "version") + ", since "
                        + Fields.moment(instance, "since"),
                Tone.PLAIN);
        Fields.list(relay, "pauses").forEach(each -> screen.text("paused        ", Fields.text(each), Tone.WARNING));
        stuck(screen, relay);
        routes(screen, relay.path("routes"));
        partitions(screen, Fields.list(relay, "partitions"));
        screen.blank();
        JsonNode delivery = relay.path("delivery");
        screen.text("breakers      ", Fields.counts(delivery.path("breakers")), Tone.PLAIN);
        screen.text("requests      ", requests(delivery), Tone.PLAIN);
        screen.text("dead letters  ", Fields.counts(relay.path("deadLetters").path("byReason")), Tone.PLAIN);
        for (JsonNode each : Fields.list(relay.path("deadLetters"), "topics")) {
            if (Fields.count(each, "unwritten") > 0) {
                screen.text(
                        "unwritten     ",
                        Fields.text(each, "unwritten") + " for " + Fields.text(each, "topic"),
                        Tone.BAD);
            }
        }
        JsonNode devices = relay.path("devices");
        long quarantined = Fields.count(devices, "quarantined");
        screen.text(
                "devices       ",
                Fields.text(devices, "directory") + " in the directory, " + Fields.text(devices, "tokens")
                        + " with a token, " + Fields.text(devices, "quarantined") + " set aside"
                        + (quarantined > 0 ? ": iotda-relay quarantine" : ""),
                quarantined > 0 ? Tone.BAD : Tone.PLAIN);
    }

    /** Whole sentences: they are what is looked for, and are not cut. */
    private static void stuck(Screen screen, JsonNode relay) {
        for (JsonNode each : Fields.list(relay, "stuck")) {
            screen.blank();
            screen.text("stuck at      ", Fields.text(each, "where"), Tone.BAD);
            screen.text("because       ", Fields.text(each, "why"), Tone.PLAIN);
            screen.text("see           ", Fields.text(each, "runbook"), Tone.FAINT);
        }
    }

    private static void routes(Screen screen, JsonNode routes) {
        Table table = new Table(1, "ROUTE", "IN/S", "DELIVERED/S", "REJECTED/S", "DELIVERED", "REJECTED");
        Fields.members(routes).forEach(each -> {
            JsonNode route = each.getValue();
            table.row(
                    each.getKey(),
                    Fields.rate(route, "perSecond"),
                    Fields.rate(route, "deliveredPerSecond"),
                    Fields.rate(route, "rejectedPerSecond"),
                    Fields.text(route, "delivered"),
                    Fields.counts(route.path("rejected")));
        });
        if (!table.isEmpty()) {
            screen.blank();
        }
        table.print(screen);
    }

    private void partitions(Screen screen, List<JsonNode> partitions) {
        List<JsonNode> sorted = new ArrayList<>(partitions);
        sorted.sort((one, other) -> Boolean.compare(isHeld(other), isHeld(one)));
        Table table = new Table(1, "PARTITION", "LAG", "IN FLIGHT", "OLDEST", "STALLED", "WAITS FOR");
        sorted.stream()
                .limit(allPartitions ? Long.MAX_VALUE : MOST_PARTITIONS)
                .forEach(each -> table.row(
                        Fields.text(each, "partition"),
                        Fields.text(each, "lag"),
                        Fields.text(each, "inFlight"),
                        Fields.time(each, "oldestUnfinishedSeconds"),
                        Fields.time(each, "stalledSeconds"),
                        waitsFor(each)));
        if (!table.isEmpty()) {
            screen.blank();
        }
        table.print(screen);
        if (!allPartitions && sorted.size() > MOST_PARTITIONS) {
            screen.text("and " + Fields.number(sorted.size() - MOST_PARTITIONS) + " more: --all-partitions");
        }
    }

    private static boolean isHeld(JsonNode partition) {
        return partition.has("paused") || partition.has("waitsFor");
    }

    private static String waitsFor(JsonNode partition) {
        List<String> why = new ArrayList<>();
        if (partition.has("paused")) {
            why.add("paused, " + Fields.text(partition, "paused") + ": " + Fields.text(partition, "pausedBecause"));
        }
        if (partition.has("waitsFor")) {
            why.add(Fields.text(partition, "waitsFor") + ": "
                    + (partition.has("deviceId") ? "device " + Fields.text(partition, "deviceId") + ", " : "")
                    + Fields.text(partition, "detail"));
        }
        return String.join("; ", why);
    }

    private static String requests(JsonNode delivery) {
        return Fields.text(delivery, "requestsInFlight") + " of " + Fields.text(delivery, "requestsLimit")
                + " in flight"
                + (Fields.isPositive(delivery, "messagesPerSecond")
                        ? ", at most " + Fields.rate(delivery, "messagesPerSecond") + " messages/s"
                        : "");
    }
}
