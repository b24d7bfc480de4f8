package io.iotdarelay.readback;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was found of each route. Routes are configured, so there are few. */
final class Tallies {

    private final Map<String, ReadBackStatus.Route> routes = new LinkedHashMap<>();

    /** A report was looked for. */
    void add(Delivered report, Sighting found, Instant now) {
        ReadBackStatus.Route before = routes.get(report.route());
        Map<String, Long> outcomes = new HashMap<>(before == null ? Map.of() : before.outcomes());
        outcomes.merge(found.code(), 1L, Long::sum);
        Optional<Instant> delivered = before == null ? Optional.empty() : before.delivered();
        Optional<Instant> seen = before == null ? Optional.empty() : before.seen();
        routes.put(
                report.route(),
                found.isProof()
                        ? new ReadBackStatus.Route(Optional.of(report.at()), Optional.of(now), now, outcomes)
                        : new ReadBackStatus.Route(delivered, seen, now, outcomes));
    }

    Map<String, ReadBackStatus.Route> routes() {
        return routes;
    }

    /** Whether any route had a verdict since then. */
    boolean hasVerdictSince(Instant then) {
        return routes.values().stream().anyMatch(route -> !route.checked().isBefore(then));
    }
}
