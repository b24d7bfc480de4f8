package io.iotdarelay.commands;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What became of many records: how many had which outcome, and an example of each. */
final class Summary {

    /** Records with the same outcome, for the same reason. */
    private static final class Group {
        private final Tried example;
        private int count;

        Group(Tried example) {
            this.example = example;
        }
    }

    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final int records;
    private final boolean complete;

    Summary(List<Tried> tried, boolean complete) {
        this.records = tried.size();
        this.complete = complete;
        tried.forEach(one -> groups.computeIfAbsent(label(one), label -> new Group(one)).count++);
    }

    /** Details name a device or a position only where that is all there is to say: they are left out here. */
    private static String label(Tried tried) {
        return switch (tried.fate()) {
            case Tried.Fate.Delivered delivered ->
                tried.route() + ": delivered"
                        + (delivered.warnings().isEmpty()
                                ? ""
                                : ", product model: " + String.join(", ", delivered.warnings()));
            case Tried.Fate.Skipped skipped -> tried.route() + ": skipped, " + skipped.why();
            case Tried.Fate.Waiting waiting -> tried.route() + ": waiting, " + waiting.why();
            case Tried.Fate.Rejected rejected -> {
                String detail = rejected.rejection().detail();
                String reason = rejected.rejection().reason().code();
                yield tried.route() + ": rejected, " + reason
                        + (reason.equals("unknown-device")
                                ? ""
                                : ", "
                                        + detail.replaceAll("\\(line \\d+, column \\d+\\)", "")
                                                .strip());
            }
        };
    }

    boolean allDelivered() {
        return groups.values().stream()
                .noneMatch(group -> group.example.fate() instanceof Tried.Fate.Rejected
                        || group.example.fate() instanceof Tried.Fate.Waiting);
    }

    String text() {
        StringBuilder page = new StringBuilder();
        page.append(records).append(records == 1 ? " record" : " records");
        page.append(complete ? "\n" : ", incomplete: --timeout was reached\n");
        groups.forEach((label, group) -> page.append(String.format("%7d  %s%n", group.count, label)));
        groups.forEach((label, group) ->
                page.append("\n--- an example of: ").append(label).append('\n').append(Shown.text(group.example)));
        return page.toString();
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("records", records);
        json.put("complete", complete);
        ArrayNode outcomes = json.putArray("outcomes");
        groups.forEach((label, group) -> {
            ObjectNode one = outcomes.addObject();
            one.put("count", group.count);
            one.put("route", group.example.route());
            one.put("outcome", group.example.outcome());
            if (group.example.fate() instanceof Tried.Fate.Rejected rejected) {
                one.put("reason", rejected.rejection().reason().code());
                one.put("detail", rejected.rejection().detail());
            }
            one.set("example", Shown.json(group.example));
        });
        return json;
    }
}
