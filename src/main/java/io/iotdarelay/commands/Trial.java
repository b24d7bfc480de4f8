package io.iotdarelay.commands;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** Does with a record what the relay does up to the request: the only class of this room that knows how. Sends nothing. */
final class Trial {

    private final RecordDecoder decoder = new JsonRecordDecoder();
    private final Routes routes;
    private final List<RouteProperties> declared;
    private final Optional<? extends DeviceDirectory> directory;
    private final DataSize maxRequestSize;

    /**
     * Trials with these routes.
     *
     * @param declared the same routes as they are configured, for explanations
     * @param directory without it every device counts as known
     */
    Trial(
            Routes routes,
            List<RouteProperties> declared,
            Optional<? extends DeviceDirectory> directory,
            DataSize maxRequestSize) {
        this.routes = routes;
        this.declared = declared;
        this.directory = directory;
        this.maxRequestSize = maxRequestSize;
    }

    /** The names of all routes. */
    List<String> names() {
        return routes.names();
    }

    /** The route of a name. */
    Optional<Route> named(String name) {
        return routes.topics().entrySet().stream()
                .filter(entry -> entry.getValue().equals(name))
                .findFirst()
                .flatMap(entry -> routes.of(entry.getKey()))
                .or(() -> routes.patterns().stream()
                        .map(Routes.ByPattern::route)
                        .filter(route -> route.name().equals(name))
                        .findFirst());
    }

    /** The first topic that a route names. */
    Optional<String> topicOf(String route) {
        return routes.topics().entrySet().stream()
                .filter(entry -> entry.getValue().equals(route))
                .map(java.util.Map.Entry::getKey)
                .findFirst();
    }

    /** Tries a record with the route that takes its topic. */
    Tried of(SourceRecord record) {
        Optional<Route> route = routes.of(record.position().topic());
        return route.isPresent()
                ? of(record, route.get())
                : rejected(
                        record,
                        Tried.NO_ROUTE,
                        Rejection.of(RejectionReason.UNMAPPABLE, "no route takes this topic"),
                        List.of());
    }

    /** Tries a record with a route, whatever its topic. */
    Tried of(SourceRecord record, Route route) {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            return new Tried(record, route.name(), new Tried.Fate.Skipped(), List.of());
        }
        return switch (decoder.decode(value)) {
            case Decoding.Undecodable undecodable ->
                rejected(
                        record,
                        route.name(),
                        Rejection.of(RejectionReason.UNDECODABLE, undecodable.detail()),
                        List.of());
            case Decoding.Decoded decoded -> mapped(record, route, decoded.tree());
        };
    }

    private Tried mapped(SourceRecord record, Route route, JsonNode tree) {
        List<Explanation> values = declared.stream()
                .filter(candidate -> Objects.equals(candidate.name(), route.name()))
                .findFirst()
                .map(candidate -> Explanation.of(candidate, record, tree))
                .orElse(List.of());
        return switch (route.map(record, tree)) {
            case Mapping.Unmappable unmappable -> rejected(record, route.name(), unmappable.rejection(), values);
            case Mapping.Reportable report when RequestBody.LIMIT.isExceededBy(report.json()) ->
                rejected(
                        record,
                        route.name(),
                        Rejection.of(
                                        RejectionReason.TOO_LARGE,
                                        RejectionReason.TOO_LARGE.meaning() + ", " + RequestBody.MAX_SIZE + " bytes")
                                .about(report.about()),
                        values);
            case Mapping.Reportable report -> new Tried(record, route.name(), addressed(report), values);
        };
    }

    private Tried.Fate addressed(Mapping.Reportable report) {
        Optional<Report> known = switch (report) {
            case Mapping.Mapped mapped -> Optional.of(mapped.report());
            case Mapping.GatewayWanted child -> directory.flatMap(devices -> devices.gatewayOf(child.child()))
                    .map(child::through);
        };
        List<PlannedRequest> requests =
                known.map(one -> PlannedRequest.of(List.of(one), maxRequestSize)).orElse(List.of());
        if (known.isEmpty()) {
            return unknown(report.wanted(), report.about(), requests, "has no gateway");
        }
        DeviceId sender = known.get().sender();
        return directory.isPresent() && directory.get().credentials(sender).isEmpty()
                ? unknown(sender, report.about(), requests, "has no secret")
                : new Tried.Fate.Delivered(requests);
    }

    private static Tried.Fate unknown(
            DeviceId wanted, DeviceId about, List<PlannedRequest> requests, String inDirectory) {
        return new Tried.Fate.Rejected(
                Rejection.of(
                                RejectionReason.UNKNOWN_DEVICE,
                                RejectionReason.UNKNOWN_DEVICE.meaning() + ": " + wanted + " (it is not there, or "
                                        + inDirectory + " there)")
                        .about(about),
                requests);
    }

    private static Tried rejected(SourceRecord record, String route, Rejection rejection, List<Explanation> values) {
        return new Tried(record, route, new Tried.Fate.Rejected(rejection, List.of()), values);
    }
}
