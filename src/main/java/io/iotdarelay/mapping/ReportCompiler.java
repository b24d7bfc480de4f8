package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compiles what a route makes of a record, or of an element. What is wrong is noted, and left out. */
final class ReportCompiler {

    private final RuleCompiler.Check check;
    private final RuleCompiler rules;
    private final int depth;
    private final KeyAndHeaderFormats encodings;

    /**
     * A compiler.
     *
     * @param depth how many levels of {@code each} the route has
     */
    ReportCompiler(RuleCompiler.Check check, int depth, KeyAndHeaderFormats encodings) {
        this.check = check;
        this.rules = new RuleCompiler(check, depth, encodings);
        this.depth = depth;
        this.encodings = encodings;
    }

    @Nullable
    ReportRule compile(String path, RouteProperties route) {
        Target to = route.to();
        check.require(to != null, path + ".to", "one of properties, message, gateway is required");
        check.require(
                to == Target.GATEWAY || route.gatewayId() == null,
                path + ".gateway-id",
                "is allowed for 'to: gateway' only");
        check.require(
                to == Target.MESSAGE || route.message() == null,
                path + ".message",
                "is allowed for 'to: message' only");
        check.require(
                to != Target.MESSAGE || route.services().isEmpty(),
                path + ".services",
                "is not allowed for 'to: message'");
        check.require(
                to != Target.MESSAGE || route.servicesFrom() == null,
                path + ".services-from",
                "is not allowed for 'to: message'");
        ValueRule deviceId = required(path + ".device-id", route.deviceId());
        ValueRule gatewayId = rule(path + ".gateway-id", route.gatewayId(), false);
        MessageProperties message = Objects.requireNonNullElse(route.message(), MessageProperties.DEFAULT);
        ValueRule name = rule(path + ".message.name", message.name(), true);
        ValueRule id = rule(path + ".message.id", message.id(), false);
        ValueRule content = rule(path + ".message.content", message.content(), false);
        Services services = new ServicesCompiler(check, depth, encodings).compile(path, route);
        if (to == null || deviceId == null) {
            return null;
        }
        return switch (to) {
            case PROPERTIES -> new ReportRule.ToProperties(deviceId, services);
            case GATEWAY -> new ReportRule.ToGateway(deviceId, gatewayId, services);
            case MESSAGE ->
                new ReportRule.ToMessage(deviceId, name, id, content, route.when() == null ? "" : "-" + route.name());
        };
    }

    private @Nullable ValueRule required(String path, @Nullable RuleProperties rule) {
        check.require(rule != null, path, "a selector is required");
        return rule(path, rule, false);
    }

    /** A rule whose value may be left out, where it says so. */
    private @Nullable ValueRule rule(String path, @Nullable RuleProperties rule, boolean mayBeLeftOut) {
        return rule == null ? null : rules.value(path, rule, mayBeLeftOut);
    }
}
