package io.iotdarelay.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** What is paused or resumed: exactly one of these. */
final class PauseTarget {

    @Option(names = "--all", description = "Everything.")
    private boolean all;

    @Option(names = "--route", paramLabel = "NAME", description = "A route.")
    private @Nullable String route;

    @Option(names = "--partition", paramLabel = "TOPIC-N", description = "A partition, such as telemetry.meters-3.")
    private @Nullable String partition;

    boolean isNamed() {
        return all || route != null || partition != null;
    }

    void check() throws UsageException {
        if ((all ? 1 : 0) + (route == null ? 0 : 1) + (partition == null ? 0 : 1) != 1) {
            throw new UsageException("name one of --all, --route and --partition");
        }
    }

    void into(ObjectNode order) {
        if (all) {
            order.put("all", true);
        }
        if (route != null) {
            order.put("route", route);
        }
        if (partition != null) {
            order.put("partition", partition);
        }
    }

    Query into(Query query) {
        return query.with("all", all ? "true" : null).with("route", route).with("partition", partition);
    }

    /** For people. */
    String describe() {
        return all ? "everything" : route != null ? "route " + route : "partition " + Objects.toString(partition, "");
    }
}
