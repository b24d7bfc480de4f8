package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.PropertyProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Compiles the services of a route. Errors are recorded, and the invalid parts left out. */
final class ServicesCompiler {

    /** The platform's limit for the names of services and properties, in characters. */
    private static final int MAX_NAME = 64;

    /** What YAML makes of on, off, yes and no: a name like that was hardly meant. */
    private static final Set<String> TRUTH_VALUES = Set.of("true", "false");

    private final Selectors.Check check;

    ServicesCompiler(Selectors.Check check) {
        this.check = check;
    }

    Services compile(String path, List<ServiceProperties> services) {
        if (services.isEmpty()) {
            return new Services.PassedOn();
        }
        List<ServiceRule> rules = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            rules.add(service(path + "[" + i + "]", services.get(i)));
        }
        return new Services.Declared(List.copyOf(rules));
    }

    private ServiceRule service(String path, ServiceProperties service) {
        String id = Objects.requireNonNullElse(service.id(), "");
        check.require(
                !id.isEmpty() && id.length() <= MAX_NAME,
                path + ".id",
                "the service_id of the product model is required, 1 to 64 characters");
        check.require(!service.properties().isEmpty(), path + ".properties", "at least one property is required");
        Map<String, ValueRule> rules = new LinkedHashMap<>();
        service.properties().forEach((name, property) -> {
            String propertyPath = path + ".properties." + name;
            check.require(name.length() <= MAX_NAME, propertyPath, "a name has at most 64 characters");
            check.require(
                    !TRUTH_VALUES.contains(name),
                    propertyPath,
                    "YAML makes " + name + " of words such as on, off, yes or no: put the name in quotes");
            ValueRule rule = property(propertyPath, property);
            if (rule != null) {
                rules.put(name, rule);
            }
        });
        return new ServiceRule(id, Selectors.parse(path + ".event-time", service.eventTime(), check), rules);
    }

    private @Nullable ValueRule property(String path, PropertyProperties property) {
        check.require(
                (property.from() == null) != (property.value() == null),
                path,
                "either a selector (from) or a constant (value) is required, not both");
        boolean scaled = property.scale() != null || property.offset() != null;
        check.require(!scaled || property.value() == null, path, "scale and offset have no meaning for a constant");
        check.require(
                !scaled || property.type() == null || property.type().isNumeric(),
                path + ".type",
                "scale and offset want int, long or decimal");
        requireBounded(path + ".scale", property.scale());
        requireBounded(path + ".offset", property.offset());
        if (property.value() != null) {
            return constant(path, property.value(), property.type());
        }
        Selector from = Selectors.parse(path, property.from(), check);
        if (from == null) {
            return null;
        }
        return scaled
                ? new ValueRule.Scaled(
                        from,
                        Objects.requireNonNullElse(property.type(), ValueType.DECIMAL),
                        Objects.requireNonNullElse(property.scale(), BigDecimal.ONE),
                        Objects.requireNonNullElse(property.offset(), BigDecimal.ZERO))
                : new ValueRule.Selected(from, property.type());
    }

    /** A record's number is bounded, so that computing with it stays cheap; what it is computed with has to be, too. */
    private void requireBounded(String path, @Nullable BigDecimal factor) {
        check.require(factor == null || Scalars.isBounded(factor), path, "is out of range");
    }

    private @Nullable ValueRule constant(String path, Object value, @Nullable ValueType type) {
        JsonNode node = switch (value) {
            case Boolean bool -> JsonNodeFactory.instance.booleanNode(bool);
            case Number number -> JsonNodeFactory.instance.numberNode(new BigDecimal(number.toString()));
            default -> JsonNodeFactory.instance.stringNode(value.toString());
        };
        Result<JsonNode> constant = type == null ? Result.found(node) : type.convert(node);
        return constant.<@Nullable ValueRule>fold(ValueRule.Constant::new, why -> {
            check.require(false, path + ".value", why);
            return null;
        });
    }
}
