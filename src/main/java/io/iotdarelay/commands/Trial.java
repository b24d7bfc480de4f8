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
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Does with a record what the relay does up to the request: the only class of this room that knows how. Sends nothing. */
final class Trial {

    private final RecordDecoders decoders;
    private final Routes routes;
    private final List<RouteProperties> declared;
    private final Optional<? extends DeviceDirectory> directory;
    private final DataSize maxRequestSize;
    private final ModelCheck models;
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
        this.directory = directory;
        this.maxRequestSize = configured.maxRequestSize();
        this.models = new ModelCheck(
                configured::models,
                device -> directory.map(devices -> devices.productOf(device)).orElse(null),
                (route, rule, action, times) -> warnings.add(rule + " (" + action + ")"));
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
        List<Tried> all = routes.of(record.position().topic()).stream()
                .map(route -> of(record, route))
                .toList();
        if (all.isEmpty()) {
            return rejected(
                    record,
                    Tried.NO_ROUTE,
                    Rejection.of(RejectionReason.UNMAPPABLE, "no route takes this topic"),
                    List.of());
        }
        List<Tried> taken = all.stream()
                .filter(tried -> !(tried.fate() instanceof Tried.Fate.Skipped))
                .toList();
        return taken.isEmpty()
                ? all.getFirst()
                : taken.stream().reduce(Trial::together).orElseThrow();
    }

    /** Of a record that several routes take. */
    private static Tried together(Tried one, Tried other) {
        List<PlannedRequest> requests = joined(one.requests(), other.requests());
        Optional<Tried.Fate> waiting = Stream.of(one, other)
                .map(Tried::fate)
                .filter(Tried.Fate.Waiting.class::isInstance)
                .findFirst();
        Optional<Rejection> rejection = Stream.of(one, other)
                .map(Tried::fate)
                .filter(Tried.Fate.Rejected.class::isInstance)
                .map(fate -> ((Tried.Fate.Rejected) fate).rejection())
                .findFirst();
        Tried.Fate fate = waiting.orElseGet(() -> rejection.isPresent()
                ? new Tried.Fate.Rejected(rejection.get(), requests)
                : new Tried.Fate.Delivered(
                        requests, joined(one.single(), other.single()), joined(one.warnings(), other.warnings())));
        return new Tried(one.record(), one.route() + ", " + other.route(), fate, joined(one.values(), other.values()));
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
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
                new Tried(record, route.name(), new Tried.Fate.Waiting(awaiting.detail()), List.of());
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
        warnings.clear();
        parts.forEach(part -> {
            switch (fitted(part)) {
                case Draft.Nothing ignored -> {}
                case Draft.Unmappable unmappable -> rejections.add(unmappable.rejection());
                case Draft.Reportable draft -> add(draft, reports, rejections);
            }
        });
        List<PlannedRequest> requests = PlannedRequest.of(reports, maxRequestSize);
        return rejections.isEmpty()
                ? new Tried.Fate.Delivered(requests, single(reports), List.copyOf(warnings))
                : new Tried.Fate.Rejected(rejections.getFirst(), requests);
    }

    /** By the names of the directory, and as it fits the product model. */
    private Draft fitted(Part part) {
        return switch (part.draft()) {
            case Draft.Nothing nothing -> nothing;
            case Draft.Unmappable unmappable -> unmappable;
            case Draft.Message message -> new Draft.Message(named(message.about()), message.body());
            case Draft.Properties properties -> {
                DeviceId about = named(properties.about());
                yield fitted(
                        about,
                        part.id().route(),
                        properties.services(),
                        services -> new Draft.Properties(about, services));
            }
            case Draft.ChildProperties child -> {
                DeviceId about = named(child.about());
                DeviceId gateway = child.gateway() == null ? null : named(child.gateway());
                yield fitted(
                        about,
                        part.id().route(),
                        child.services(),
                        services -> new Draft.ChildProperties(about, gateway, services));
            }
        };
    }

    private Draft fitted(DeviceId about, String route, ArrayNode services, Function<ArrayNode, Draft> report) {
        return switch (models.check(about, route, services)) {
            case ModelCheck.Checked.Fits fits -> report.apply(fits.services());
            case ModelCheck.Checked.Violates violates ->
                new Draft.Unmappable(Rejection.of(RejectionReason.MODEL_VIOLATION, violates.detail())
                        .about(about));
        };
    }

    private DeviceId named(DeviceId name) {
        return directory.isPresent() ? directory.get().named(name) : name;
    }

    private List<PlannedRequest> single(List<Report> reports) {
        return reports.stream()
                .flatMap(report -> PlannedRequest.of(List.of(report), maxRequestSize).stream())
                .toList();
    }

    private void add(Draft.Reportable draft, List<Report> reports, List<Rejection> rejections) {
        Json json = draft.write(RequestBody.LIMIT.ofReport()).orElse(null);
        if (json == null) {
            rejections.add(RequestBody.LIMIT.rejection(draft.about()));
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
