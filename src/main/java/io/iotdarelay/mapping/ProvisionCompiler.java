package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import io.iotdarelay.mapping.RouteProperties.NewGatewayProperties;
import io.iotdarelay.mapping.RouteProperties.ProvisionProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/** Compiles how devices are created. Errors are recorded, and then there is no rule: never one that allows more. */
final class ProvisionCompiler {

    /** What a product ID is on the platform. */
    private static final java.util.regex.Pattern PRODUCT = java.util.regex.Pattern.compile("[A-Za-z0-9_-]{1,36}");

    private static final int MOST_PER_HOUR = 100_000;

    private final CompilerContext context;
    private final RuleCompiler rules;

    /** How devices are created, and within which bounds. */
    record Compiled(ProvisionRule rule, Provisioning provisioning) {}

    /**
     * A compiler.
     *
     * @param context that of the route's elements, if it has {@code each}
     */
    ProvisionCompiler(CompilerContext context) {
        this.context = context;
        this.rules = new RuleCompiler(context);
    }

    /**
     * Nothing where the route creates no devices, and where something is wrong.
     *
     * @param speaksFor the devices for which the route may speak
     */
    @Nullable
    Compiled compile(String path, String name, RouteProperties route, PermittedDevices speaksFor) {
        ProvisionProperties provision = route.provision();
        if (provision == null) {
            return null;
        }
        boolean throughGateways = route.to() == Target.GATEWAY;
        context.require(
                !throughGateways || route.gatewayId() != null,
                path,
                "needs gateway-id: a child is created behind the gateway that the record names");
        context.require(
                speaksFor.group() == null,
                path,
                "is not allowed together with devices.group: a new device is in no group, so the route could not speak for it");
        context.require(
                throughGateways || provision.gateway() == null,
                path + ".gateway",
                "is allowed for 'to: gateway' only: other devices are connected directly");
        context.require(
                throughGateways || !provision.changeGateway(),
                path + ".change-gateway",
                "is allowed for 'to: gateway' only: other devices are connected directly");
        context.require(
                provision.mostPerHour() >= 1 && provision.mostPerHour() <= MOST_PER_HOUR,
                path + ".most-per-hour",
                "must be between 1 and " + MOST_PER_HOUR);
        ProvisionRule.Description device = description(
                path,
                provision.ids(),
                provision.productId(),
                provision.productIdFrom(),
                provision.nodeId(),
                provision.name());
        NewGatewayProperties through = provision.gateway();
        ProvisionRule.Description gateway = through == null
                ? null
                : description(
                        path + ".gateway",
                        through.ids(),
                        through.productId(),
                        through.productIdFrom(),
                        through.nodeId(),
                        through.name());
        if (device == null || (through != null && gateway == null)) {
            return null;
        }
        return new Compiled(
                new ProvisionRule(name, device, gateway, speaksFor),
                new Provisioning(
                        device.ids(),
                        gateway == null ? null : gateway.ids(),
                        speaksFor,
                        throughGateways,
                        provision.mostPerHour(),
                        provision.dryRun(),
                        provision.changeGateway()));
    }

    private ProvisionRule.@Nullable Description description(
            String path,
            @Nullable String ids,
            @Nullable String productId,
            @Nullable RuleProperties productIdFrom,
            @Nullable RuleProperties nodeId,
            @Nullable RuleProperties name) {
        String text = Objects.requireNonNullElse(ids, "");
        context.require(
                !text.isEmpty(),
                path + ".ids",
                "is required: a regular expression for the whole IDs of the devices that may be created, such as"
                        + " meter-[0-9]{6}");
        Pattern pattern = text.isEmpty() ? null : context.check().pattern(path + ".ids", text);
        ValueRule product = product(path, productId, productIdFrom);
        ValueRule node = nodeId == null ? null : rules.value(path + ".node-id", nodeId, false);
        ValueRule called = name == null ? null : rules.value(path + ".name", name, true);
        return pattern == null || product == null
                ? null
                : new ProvisionRule.Description(pattern, product, node, called);
    }

    /** A constant, a template, or a rule. */
    private @Nullable ValueRule product(String path, @Nullable String id, @Nullable RuleProperties from) {
        String text = Objects.requireNonNullElse(id, "");
        context.require(
                text.isEmpty() != (from == null),
                path + ".product-id",
                "the ID of the new devices' product is required; or product-id-from, a rule that produces it");
        if (from != null) {
            return rules.value(path + ".product-id-from", from, false);
        }
        if (text.isEmpty()) {
            return null;
        }
        if (text.contains("{")) {
            return rules.value(path + ".product-id", RuleProperties.of(text), false);
        }
        context.require(
                PRODUCT.matcher(text).matches(),
                path + ".product-id",
                "'" + text + "' is no ID of a product: 1 to 36 letters, digits, '_' or '-'; a selector is given as"
                        + " product-id-from");
        return ValueRule.of(new Selector.Constant(JsonNodeFactory.instance.stringNode(text)));
    }
}
