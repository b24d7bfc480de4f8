package io.iotdarelay.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Which dead letters. */
final class LetterFilter {

    @Option(names = "--reason", paramLabel = "REASON", description = "Those with this reason, such as device-rejected.")
    private @Nullable String reason;

    @Option(names = "--route", paramLabel = "NAME", description = "Those of a route.")
    private @Nullable String route;

    @Option(names = "--device", paramLabel = "ID", description = "Those of a device.")
    private @Nullable String device;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Those written at this time or later, such as 2026-12-01T03:00:00Z.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", description = "Those written before this time.")
    private @Nullable Instant to;

    Query into(Query query) {
        return query.with("reason", reason)
                .with("route", route)
                .with("device", device)
                .with("from", from)
                .with("to", to);
    }

    /** Whether it says nothing of which letters are meant. */
    boolean isEmpty() {
        return reason == null && route == null && device == null && from == null && to == null;
    }

    /** Into an order, which concerns nothing that is written after a time. */
    void into(ObjectNode order, Instant latest) {
        put(order, "reason", reason);
        put(order, "route", route);
        put(order, "device", device);
        put(order, "from", from);
        put(order, "to", to == null ? latest : to);
    }

    private static void put(ObjectNode order, String name, @Nullable Object value) {
        if (value != null) {
            order.put(name, value.toString());
        }
    }
}
