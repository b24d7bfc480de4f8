package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.NewGatewayProperties;
import io.iotdarelay.mapping.RouteProperties.ProvisionProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Where each value of a report comes from: for people who write rules. It runs the same rules as the route, one step at a time.
 *
 * @param target what the value is for, such as {@code device-id} or {@code Meter.voltage}
 * @param sources the places that were looked at, in order; the last one counts
 * @param value the result; none where {@code why} says why not
 * @param why why there is no value
 */
public record Explanation(
        String target,
        List<Source> sources,
        @Nullable JsonNode value,
        @Nullable String why) {

    /**
     * One place that was looked at.
     *
     * @param selector as it was written
     * @param raw what is there; null if nothing is
     * @param steps what was done to it, with the results
     */
    public record Source(String selector, @Nullable JsonNode raw, List<Taken> steps) {}

    /**
     * A step that was taken.
     *
     * @param step as it is called in the configuration
     */
    public record Taken(String step, JsonNode result) {}

    private static final String CONSTANT = "value";
    private static final String DEFAULT = "default";
    private static final String EXPRESSION = "expression";

    /** Explains all values of a route's report. The route has been compiled without a problem. What is made of elements is not explained. */
    public static List<Explanation> of(RouteProperties route, SourceRecord record, JsonNode tree) {
        if (!route.each().isEmpty()) {
            return List.of();
        }
        KeyAndHeaderFormats formats = new KeyAndHeaderFormats(route.keyFormat(), route.headerFormat());
        Explainer explainer = new Explainer(record, tree, formats);
        explainer.device("device-id", route.deviceId());
        explainer.device("gateway-id", route.gatewayId());
        if (route.provision() != null) {
            explainer.provision("provision", route.provision());
        }
        MessageProperties message = Objects.requireNonNullElse(route.message(), MessageProperties.DEFAULT);
        explainer.value("message name", message.name());
        explainer.value("message id", message.id());
        explainer.value("message content", message.content());
        for (int i = 0; i < route.services().size(); i++) {
            explainer.service("services[" + i + "]", route.services().get(i));
        }
        return List.copyOf(explainer.explained);
    }

    /** Reads a time in one of the usual forms, if it is one and plausible; as it is sent to the platform. */
    public static @Nullable String time(SourceRecord record, JsonNode node) {
        return TimeRule.OF_RECORD.read(record, node).<@Nullable String>fold(EventTime::write, why -> null);
    }

    /** A text as a device ID is read: without blanks and quotes around it, and zeros after the decimal point. It may still be invalid. */
    public static String deviceId(String text) {
        return Scalars.plain(text);
    }

    /** Collects. */
    private static final class Explainer {

        private static final RuleCompiler.Check COMPILED_BEFORE = (holds, path, message) -> {};

        private final RuleCompiler compiler;
        private final MembersCompiler members;
        private final SourceRecord record;
        private final JsonNode tree;
        private final List<Explanation> explained = new ArrayList<>();

        Explainer(SourceRecord record, JsonNode tree, KeyAndHeaderFormats formats) {
            CompilerContext context = new CompilerContext(COMPILED_BEFORE, formats, 0);
            this.compiler = new RuleCompiler(context);
            this.members = new MembersCompiler(context);
            this.record = record;
            this.tree = tree;
        }

        void service(String path, ServiceProperties service) {
            if (!service.each().isEmpty()) {
                return;
            }
            String name = Objects.requireNonNullElse(service.id(), path);
            if (service.id() != null && service.hasTemplate()) {
                value(name + " id", RuleProperties.of(service.id()));
            }
            value(name + " id", service.idFrom());
            time(name + " event-time", service.eventTime());
            service.properties().forEach((property, rule) -> {
                if (property.equals(ServiceProperties.ALL)) {
                    all(name + "." + property, rule);
                } else {
                    value(name + "." + property, rule);
                }
            });
        }

        /** Properties whose names come from data are shown together. */
        private void all(String target, RuleProperties rule) {
            if (rule.each() == null && rule.name() == null) {
                value(target, rule);
                return;
            }
            Members compiled = Objects.requireNonNull(members.compile(target, rule));
            add(target, List.of(), compiled.of(Scope.of(record, tree)).then(Result::found), "");
        }

        void provision(String target, ProvisionProperties provision) {
            template(target + " product-id", provision.productId());
            value(target + " product-id", provision.productIdFrom());
            value(target + " node-id", provision.nodeId());
            value(target + " name", provision.name());
            NewGatewayProperties gateway = provision.gateway();
            if (gateway != null) {
                template(target + " gateway product-id", gateway.productId());
                value(target + " gateway product-id", gateway.productIdFrom());
                value(target + " gateway node-id", gateway.nodeId());
                value(target + " gateway name", gateway.name());
            }
        }

        private void template(String target, @Nullable String text) {
            if (text != null && text.contains("{")) {
                value(target, RuleProperties.of(text));
            }
        }

        void device(String target, @Nullable RuleProperties rule) {
            if (rule != null) {
                add(
                        target,
                        rule,
                        value -> Scalars.deviceId(value)
                                .then(id -> Result.found(JsonNodeFactory.instance.stringNode(id.value()))));
            }
        }

        void value(String target, @Nullable RuleProperties rule) {
            if (rule != null) {
                add(target, rule, Result::found);
            }
        }

        private void add(String target, RuleProperties rule, Function<JsonNode, Result<JsonNode>> last) {
            ValueRule compiled = Objects.requireNonNull(compiler.value(target, rule, true));
            List<Source> sources = new ArrayList<>();
            List<String> texts = texts(rule);
            Result<JsonNode> first = Result.nothing("");
            Result<JsonNode> found = first;
            for (int i = 0; i < compiled.from().size() && found instanceof Result.Nothing; i++) {
                found = through(texts.get(i), compiled.from().get(i), compiled.steps(), sources);
                first = i == 0 ? found : first;
            }
            if (found instanceof Result.Nothing && compiled.otherwise() != null) {
                found = Result.found(compiled.otherwise());
                sources.add(new Source(DEFAULT, compiled.otherwise(), List.of()));
            } else if (found instanceof Result.Nothing) {
                found = first;
            }
            add(target, sources, found.then(last), compiled.optional() ? "left out: " : "");
        }

        void time(String target, @Nullable RuleProperties rule) {
            if (rule == null) {
                return;
            }
            TimeRule compiled = compiler.time(target, rule);
            List<Source> sources = new ArrayList<>();
            List<String> texts = texts(rule);
            Result<JsonNode> first = Result.nothing("");
            Result<JsonNode> found = first;
            int places = compiled.from().size() - (compiled.orArrival() ? 1 : 0);
            for (int i = 0; i < places && !(found instanceof Result.Found); i++) {
                ValueRule place = compiled.from().get(i);
                found = through(texts.get(i), place.from().getFirst(), place.steps(), sources)
                        .then(node -> compiled.read(record, node))
                        .then(time -> Result.found(JsonNodeFactory.instance.stringNode(EventTime.write(time))));
                first = i == 0 ? found : first;
            }
            if (compiled.orArrival()) {
                first = Result.nothing("left out: IoTDA uses the time of arrival");
            }
            add(target, sources, found instanceof Result.Found ? found : first, "");
        }

        private void add(String target, List<Source> sources, Result<JsonNode> result, String leftOut) {
            explained.add(result.fold(
                    value -> new Explanation(target, List.copyOf(sources), value, null),
                    why -> new Explanation(
                            target,
                            List.copyOf(sources),
                            null,
                            (result instanceof Result.Nothing ? leftOut : "") + why)));
        }

        private Result<JsonNode> through(String text, Selector selector, List<Step> steps, List<Source> sources) {
            Result<JsonNode> node = selector.select(Scope.of(record, tree));
            JsonNode raw = node.<@Nullable JsonNode>fold(found -> found, why -> null);
            List<Taken> taken = new ArrayList<>();
            for (Step step : steps) {
                node = node.then(step::apply);
                node.<@Nullable Void>fold(
                        result -> {
                            taken.add(new Taken(name(step), result));
                            return null;
                        },
                        why -> null);
            }
            sources.add(new Source(text, raw, List.copyOf(taken)));
            return node;
        }

        private static List<String> texts(RuleProperties rule) {
            if (rule.value() != null) {
                return List.of(CONSTANT);
            }
            if (rule.expression() != null) {
                return List.of(EXPRESSION);
            }
            return rule.text() != null ? List.of(rule.text()) : Objects.requireNonNullElse(rule.from(), List.of());
        }

        private static String name(Step step) {
            return switch (step) {
                case Step.Missing ignored -> "missing";
                case Step.Json ignored -> "json";
                case Step.Packed ignored -> "as";
                case Step.Bit ignored -> "bit";
                case Step.Matched ignored -> "pattern";
                case Step.Replaced ignored -> "replace";
                case Step.Cased ignored -> "case";
                case Step.Looked ignored -> "map";
                case Step.Sanitized ignored -> "sanitize";
                case Step.Scaled ignored -> "scale, offset";
                case Step.Rounded ignored -> "round";
                case Step.Clamped ignored -> "min, max";
                case Step.Typed ignored -> "type";
            };
        }
    }
}
