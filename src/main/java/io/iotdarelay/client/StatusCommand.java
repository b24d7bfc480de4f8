package io.iotdarelay.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether it is flowing, and where it is stuck. */
@Command(
        name = "status",
        description = {
            "Shows whether a running relay delivers: its health and what is wrong, partitions and what they wait for, stopped routes, pauses,"
                    + " and how many devices are set aside.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay status",
            "  iotda-relay status --url https://relay.example:8080 --ca-file ca.pem --user viewer --password-file password",
            "",
            "Findings (exit code 1): health is not UP, a route is stopped, something is paused, or a device is set aside.",
            "With --json the answers are one object: health, routes, pauses and quarantine. What the relay does not have is missing.",
            ExitCode.MEANINGS
        })
final class StatusCommand extends ApiCommand {

    private static final int MOST_PARTITIONS = 20;

    @Option(names = "--all-partitions", description = "Show all partitions, not only 20, those in trouble first.")
    private boolean allPartitions;

    StatusCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) {
        ObjectNode all = Json.object();
        for (String part : List.of("health", "routes", "pauses", "quarantine")) {
            switch (api.get("/" + part, options().patience())) {
                case Answer.Given given -> all.set(part, given.json());
                case Answer.Refused refused when refused.isAbsent() && !part.equals("health") -> {
                    // an older relay, or it is not exposed
                }
                case Answer failed -> {
                    return failed(api, failed);
                }
            }
        }
        return show(api, new Answer.Given(0, all, Json.write(all)), StatusCommand::judge, answer -> print(api, answer));
    }

    private static int judge(JsonNode all) {
        String health = all.path("health").path("status").asString("");
        if (health.isEmpty()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return health.equals("UP")
                        && Fields.members(all.path("routes")).stream()
                                .allMatch(route -> route.getValue().path("state").asString("running").equals("running"))
                        && all.path("pauses").path("pauses").isEmpty()
                        && Fields.count(all.path("quarantine"), "count") == 0
                ? ExitCode.FINE
                : ExitCode.FINDINGS;
    }

    private void print(RelayApi api, JsonNode all) {
        Screen screen = screen();
        JsonNode health = all.path("health");
        String status = Fields.text(health, "status");
        screen.text("relay   ", api.relay().toString(), Tone.PLAIN);
        screen.text("health  ", status, Tone.of(status));
        components(screen, health.path("components"));
        partitions(screen, health.path("components").path("source").path("details").path("partitions"));
        routes(screen, all.path("routes"));
        List<JsonNode> pauses = Fields.list(all.path("pauses"), "pauses");
        if (!pauses.isEmpty()) {
            screen.blank();
            Pauses.table(pauses).print(screen);
        }
        if (all.path("pauses").path("trouble").isString()) {
            screen.blank();
            screen.text("pauses: ", Fields.text(all.path("pauses"), "trouble"), Tone.FAINT);
        }
        long quarantined = Fields.count(all.path("quarantine"), "count");
        screen.blank();
        screen.text(
                "set aside  ",
                !all.has("quarantine")
                        ? Fields.NONE
                        : quarantined == 0 ? "no device" : Fields.number(quarantined) + " devices: iotda-relay quarantine",
                quarantined == 0 ? Tone.PLAIN : Tone.BAD);
    }

    private static void components(Screen screen, JsonNode components) {
        Table table = new Table(2, "COMPONENT", "STATUS", "REASON");
        Fields.members(components)
                .forEach(each ->
                        table.row(each.getKey(), Fields.text(each.getValue(), "status"), reason(each.getValue())));
        if (!table.isEmpty()) {
            screen.blank();
        }
        table.print(screen);
    }

    /** What the component says of itself, in the order of its importance. */
    private static String reason(JsonNode component) {
        JsonNode details = component.path("details");
        List<String> reasons = new ArrayList<>();
        if (details.path("reason").isString()) {
            reasons.add(Fields.text(details, "reason"));
        }
        for (String each : List.of("stagnant", "openTransactions", "stoppedRoutes", "stoppedPartitions", "culprits", "pauses")) {
            JsonNode found = details.path(each);
            Fields.members(found).forEach(one -> reasons.add(one.getKey() + ": " + Fields.text(one.getValue())));
            Fields.list(details, each).forEach(one -> reasons.add(Fields.text(one)));
        }
        Fields.list(details, "lost").forEach(one -> reasons.add(Fields.text(one)));
        return String.join("; ", reasons);
    }

    private void partitions(Screen screen, JsonNode partitions) {
        List<Map.Entry<String, JsonNode>> found = new ArrayList<>(Fields.members(partitions));
        found.sort((one, other) -> Boolean.compare(isHeld(other.getValue()), isHeld(one.getValue())));
        Table table = new Table(1, "PARTITION", "LAG", "IN FLIGHT", "OLDEST", "STALLED", "WAITS FOR");
        found.stream()
                .limit(allPartitions ? Long.MAX_VALUE : MOST_PARTITIONS)
                .forEach(each -> table.row(
                        each.getKey(),
                        Fields.text(each.getValue(), "lag"),
                        Fields.text(each.getValue(), "inFlight"),
                        Fields.time(each.getValue(), "oldestUnfinished"),
                        Fields.time(each.getValue(), "stalled"),
                        waitsFor(each.getValue())));
        if (!table.isEmpty()) {
            screen.blank();
        }
        table.print(screen);
        if (!allPartitions && found.size() > MOST_PARTITIONS) {
            screen.text("and " + Fields.number(found.size() - MOST_PARTITIONS) + " more: --all-partitions");
        }
    }

    private static boolean isHeld(JsonNode partition) {
        return partition.has("paused") || partition.has("oldest");
    }

    private static String waitsFor(JsonNode partition) {
        List<String> why = new ArrayList<>();
        if (partition.has("paused")) {
            why.add("paused, " + Fields.text(partition, "paused") + ": " + Fields.text(partition, "pausedBecause"));
        }
        if (partition.has("oldest")) {
            why.add(Fields.text(partition, "oldest"));
        }
        return String.join("; ", why);
    }

    private static void routes(Screen screen, JsonNode routes) {
        Table table = new Table(1, "ROUTE", "STATE", "REASON");
        Fields.members(routes)
                .forEach(each -> table.row(
                        each.getKey(),
                        Fields.text(each.getValue(), "state"),
                        each.getValue().path("reason").asString("")));
        if (!table.isEmpty()) {
            screen.blank();
        }
        table.print(screen);
    }
}
