package io.iotdarelay.commands;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.pipeline.Preview;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** Tries records as the relay would treat them, and adds the requests and the origin of each value. Sends nothing. */
final class Trial {

    private final RecordDecoders decoders;
    private final Routes routes;
    private final List<RouteProperties> declared;
    private final DataSize maxRequestSize;
    private final Preview preview;
    private final Set<String> warnings = new LinkedHashSet<>();

    /**
     * Trials with a configuration, whose routes have been compiled.
     *
     * @param directory without it every device counts as known
     * @param schemas read the values whose schemas are in a registry
     */
    Trial(Configured configured, Optional<? extends DeviceDirectory> directory, RecordDecoders schemas) {
        this.decoders = RecordDecoders.standard(schemas);
        this.routes = configured.routes().orElseThrow();
        this.declared = configured.declared();
        this.maxRequestSize = configured.maxRequestSize();
        this.preview = new Preview(
                decoders,
                directory,
                new ModelCheck(
                        configured::models,
                        device -> directory
                                .map(devices -> devices.productOf(device))
                                .orElse(null),
                        (route, rule, action, times) -> warnings.add(rule + " (" + action + ")")),
                RequestBody.LIMIT,
                configured.records());
    }

    /** The names of all routes. */
    List<String> names() {
        return routes.names();
    }

    /** The route of a name. */
    Optional<Route> named(String name) {
        return Stream.concat(
                        routes.topics().keySet().stream().flatMap(topic -> routes.of(topic).stream()),
                        routes.patterns().stream().flatMap(pattern -> pattern.routes().stream()))
                .filter(route -> route.name().equals(name))
                .findFirst();
    }

    /** The first topic that a route names. */
    Optional<String> topicOf(String name) {
        return routes.topics().keySet().stream()
                .filter(topic ->
                        routes.of(topic).stream().anyMatch(route -> route.name().equals(name)))
                .findFirst();
    }

    /** Tries a record with the routes of its topic. */
    Tried of(SourceRecord record) {
        return of(record, routes.of(record.position().topic()));
    }

    /** Tries a record with a route, whatever its topic. */
    Tried of(SourceRecord record, Route route) {
        return of(record, List.of(route));
    }

    private Tried of(SourceRecord record, List<Route> candidates) {
        warnings.clear();
        Tried.Fate fate = switch (preview.of(candidates, record)) {
            case Preview.Outcome.Mapped mapped -> fate(mapped);
            case Preview.Outcome.Skipped skipped -> new Tried.Fate.Skipped(skipped.why());
            case Preview.Outcome.Postponed postponed -> new Tried.Fate.Waiting(postponed.detail());
        };
        JsonNode tree = isDefect(fate) ? null : tree(record, candidates);
        if (tree == null) {
            return new Tried(record, names(candidates.stream().limit(1).toList()), fate, List.of());
        }
        List<Route> takers = takers(record, candidates, tree);
        return new Tried(record, names(takers), fate, explanations(record, takers, tree));
    }

    private Tried.Fate fate(Preview.Outcome.Mapped mapped) {
        List<PlannedRequest> requests = PlannedRequest.of(mapped.reports(), maxRequestSize);
        return mapped.rejection()
                .<Tried.Fate>map(rejection -> new Tried.Fate.Rejected(rejection, requests))
                .orElseGet(() -> new Tried.Fate.Delivered(requests, single(mapped.reports()), List.copyOf(warnings)));
    }

    private List<PlannedRequest> single(List<Report> reports) {
        return reports.stream()
                .flatMap(report -> PlannedRequest.of(List.of(report), maxRequestSize).stream())
                .toList();
    }

    /** What failed in the preview would fail again. */
    private static boolean isDefect(Tried.Fate fate) {
        return fate instanceof Tried.Fate.Rejected rejected
                && rejected.rejection().reason() == RejectionReason.INTERNAL_ERROR;
    }

    /** What the record's value is; none where it has no value, or cannot be read. Routes that share a topic have the same encoding. */
    private @Nullable JsonNode tree(SourceRecord record, List<Route> candidates) {
        byte[] value = record.value();
        return !candidates.isEmpty()
                        && value != null
                        && value.length > 0
                        && decoders.of(candidates.getFirst().encoding()).decode(record)
                                instanceof Decoding.Decoded decoded
                ? decoded.tree()
                : null;
    }

    private static List<Route> takers(SourceRecord record, List<Route> candidates, JsonNode tree) {
        return candidates.stream()
                .filter(route -> route.map(record, tree) instanceof Mapping.Reports)
                .toList();
    }

    private static String names(List<Route> takers) {
        return takers.isEmpty()
                ? Tried.NO_ROUTE
                : takers.stream().map(Route::name).collect(Collectors.joining(", "));
    }

    private List<Explanation> explanations(SourceRecord record, List<Route> takers, JsonNode tree) {
        return takers.stream()
                .flatMap(route -> declared.stream()
                        .filter(candidate -> Objects.equals(candidate.name(), route.name()))
                        .limit(1))
                .flatMap(route -> Explanation.of(route, record, tree).stream())
                .toList();
    }
}
