package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compiles what a route makes of a record, or of an element. Errors are recorded, and the invalid parts left out. */
final class ReportCompiler {

    private final CompilerContext context;
    private final RuleCompiler rules;

    /**
     * A compiler.
     *
     * @param context that of the route's elements, if it has {@code each}
     */
    ReportCompiler(CompilerContext context) {
        this.context = context;
        this.rules = new RuleCompiler(context);
    }

    @Nullable
    ReportRule compile(String path, RouteProperties route) {
        Target to = route.to();
        context.require(to != null, path + ".to", "one of properties, message, gateway is required");
        context.require(
                to == Target.GATEWAY || route.gatewayId() == null,
                path + ".gateway-id",
                "is allowed for 'to: gateway' only");
        context.require(
                to == Target.MESSAGE || route.message() == null,
                path + ".message",
                "is allowed for 'to: message' only");
        context.require(
                to != Target.MESSAGE || route.services().isEmpty(),
                path + ".services",
                "is not allowed for 'to: message'");
        context.require(
                to != Target.MESSAGE || route.servicesFrom() == null,
                path + ".services-from",
                "is not allowed for 'to: message'");
        ValueRule deviceId = required(path + ".device-id", route.deviceId());
        ValueRule gatewayId = rule(path + ".gateway-id", route.gatewayId(), false);
        MessageProperties message = Objects.requireNonNullElse(route.message(), MessageProperties.DEFAULT);
        ValueRule name = rule(path + ".message.name", message.name(), true);
        ValueRule id = rule(path + ".message.id", message.id(), false);
        ValueRule content = rule(path + ".message.content", message.content(), false);
        Services services = new ServicesCompiler(context).compile(path, route);
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
        context.require(rule != null, path, "a selector is required");
        return rule(path, rule, false);
    }

    /** A rule whose value may be left out, where it says so. */
    private @Nullable ValueRule rule(String path, @Nullable RuleProperties rule, boolean mayBeLeftOut) {
        return rule == null ? null : rules.value(path, rule, mayBeLeftOut);
    }
}
