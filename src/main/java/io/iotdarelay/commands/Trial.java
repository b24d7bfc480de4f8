package io.iotdarelay.commands;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.iotda.RequestBody;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.mapping.Explanation;
import io.iotdarelay.mapping.Mapping;
import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** Does with a record what the relay does up to the request: the only class of this room that knows how. Sends nothing. */
final class Trial {

    private final RecordDecoders decoders = RecordDecoders.standard();
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
        return Stream.concat(
                        routes.topics().keySet().stream().flatMap(topic -> routes.of(topic).stream()),
                        routes.patterns().stream().flatMap(pattern -> pattern.routes().stream()))
                .filter(route -> route.name().equals(name))
                .findFirst();
    }

    /** The first topic that a route names. */
    Optional<String> topicOf(String route) {
        return routes.topics().keySet().stream()
                .filter(topic -> routes.of(topic).stream()
                        .anyMatch(candidate -> candidate.name().equals(route)))
                .findFirst();
    }

    /** Tries a record with the first route of its topic that takes it. */
    Tried of(SourceRecord record) {
        Tried last = rejected(
                record,
                Tried.NO_ROUTE,
                Rejection.of(RejectionReason.UNMAPPABLE, "no route takes this topic"),
                List.of());
        for (Route route : routes.of(record.position().topic())) {
            last = of(record, route);
            if (!(last.fate() instanceof Tried.Fate.Skipped)) {
                return last;
            }
        }
        return last;
    }

    /** Tries a record with a route, whatever its topic. */
    Tried of(SourceRecord record, Route route) {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            return new Tried(record, route.name(), new Tried.Fate.Skipped("the record has no value"), List.of());
        }
        return switch (decoders.of(route.encoding()).decode(record)) {
            case Decoding.Undecodable undecodable ->
                rejected(
                        record,
                        route.name(),
                        Rejection.of(RejectionReason.UNDECODABLE, undecodable.detail()),
                        List.of());
            case Decoding.Awaiting awaiting ->
                rejected(
                        record,
                        route.name(),
                        Rejection.of(
                                RejectionReason.UNDECODABLE,
                                "commands do not ask a schema registry: " + awaiting.detail()),
                        List.of());
            case Decoding.Decoded decoded -> mapped(record, route, decoded.tree());
        };
    }

    private Tried mapped(SourceRecord record, Route route, JsonNode tree) {
        return switch (route.map(record, tree)) {
            case Mapping.NotTaken ignored ->
                new Tried(record, route.name(), new Tried.Fate.Skipped("no route takes it"), List.of());
            case Mapping.Reports reports ->
                new Tried(record, route.name(), fate(reports.parts()), explanations(route, record, tree));
        };
    }

    private List<Explanation> explanations(Route route, SourceRecord record, JsonNode tree) {
        return declared.stream()
                .filter(candidate -> Objects.equals(candidate.name(), route.name()))
                .findFirst()
                .map(candidate -> Explanation.of(candidate, record, tree))
                .orElse(List.of());
    }

    /** Each part is delivered or not on its own; one that is not makes the record a dead letter. */
    private Tried.Fate fate(List<Part> parts) {
        List<Report> reports = new ArrayList<>();
        List<Rejection> rejections = new ArrayList<>();
        parts.forEach(part -> {
            switch (part.draft()) {
                case Draft.Nothing ignored -> {}
                case Draft.Unmappable unmappable -> rejections.add(unmappable.rejection());
                case Draft.Reportable draft -> add(draft, reports, rejections);
            }
        });
        List<PlannedRequest> requests = PlannedRequest.of(reports, maxRequestSize);
        return rejections.isEmpty()
                ? new Tried.Fate.Delivered(requests)
                : new Tried.Fate.Rejected(rejections.getFirst(), requests);
    }

    private void add(Draft.Reportable draft, List<Report> reports, List<Rejection> rejections) {
        Json json = draft.write();
        if (RequestBody.LIMIT.isExceededBy(json)) {
            rejections.add(Rejection.of(
                            RejectionReason.TOO_LARGE,
                            RejectionReason.TOO_LARGE.meaning() + ", " + RequestBody.MAX_SIZE + " bytes")
                    .about(draft.about()));
            return;
        }
        Optional<Report> known = switch (draft) {
            case Draft.Properties properties -> Optional.of(new Report.Properties(properties.about(), json));
            case Draft.Message message -> Optional.of(new Report.Message(message.about(), json));
            case Draft.ChildProperties child ->
                gateway(child).map(gateway -> new Report.ChildProperties(child.about(), gateway, json));
        };
        known.ifPresent(reports::add);
        DeviceId wanted = known.map(Report::sender).orElse(draft.about());
        if (known.isEmpty()
                || (directory.isPresent() && directory.get().credentials(wanted).isEmpty())) {
            rejections.add(Rejection.of(
                            RejectionReason.UNKNOWN_DEVICE,
                            RejectionReason.UNKNOWN_DEVICE.meaning() + ": " + wanted + " (it is not there, or has no "
                                    + (known.isEmpty() ? "gateway" : "secret") + " there)")
                    .about(draft.about()));
        }
    }

    private Optional<DeviceId> gateway(Draft.ChildProperties child) {
        return child.gateway() == null
                ? directory.flatMap(devices -> devices.gatewayOf(child.about()))
                : Optional.of(child.gateway());
    }

    private static Tried rejected(SourceRecord record, String route, Rejection rejection, List<Explanation> values) {
        return new Tried(record, route, new Tried.Fate.Rejected(rejection, List.of()), values);
    }
}
