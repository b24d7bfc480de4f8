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
        ReadBackStatus.Route before = routes.getOrDefault(
                report.route(), new ReadBackStatus.Route(Optional.empty(), Optional.empty(), Map.of()));
        Map<String, Long> outcomes = new HashMap<>(before.outcomes());
        outcomes.merge(found.code(), 1L, Long::sum);
        routes.put(
                report.route(),
                found.isProof()
                        ? new ReadBackStatus.Route(Optional.of(report.at()), Optional.of(now), outcomes)
                        : new ReadBackStatus.Route(before.delivered(), before.seen(), outcomes));
    }

    Map<String, ReadBackStatus.Route> routes() {
        return routes;
    }
}
