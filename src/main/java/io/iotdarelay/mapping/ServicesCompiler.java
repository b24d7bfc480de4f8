package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/** Compiles the services of a route. Errors are recorded, and the invalid parts left out. */
final class ServicesCompiler {

    /** How YAML reads on, off, yes and no: hardly the intended name. */
    private static final Set<String> TRUTH_VALUES = Set.of("true", "false");

    /** All members of an object, as properties. */
    private static final String ALL = "*";

    private final RuleCompiler.Check check;
    private final RuleCompiler rules;

    ServicesCompiler(RuleCompiler.Check check) {
        this.check = check;
        this.rules = new RuleCompiler(check);
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
        ValueRule id = id(path, service);
        check.require(!service.properties().isEmpty(), path + ".properties", "at least one property is required");
        Map<String, ValueRule> properties = new LinkedHashMap<>();
        service.properties().forEach((name, property) -> {
            String propertyPath = path + ".properties." + name;
            check.require(
                    name.equals(ALL) || ModelNames.isProperty(name), propertyPath, ModelNames.adviceForProperty(name));
            check.require(
                    !TRUTH_VALUES.contains(name),
                    propertyPath,
                    "YAML reads words such as on, off, yes or no as " + name + ": quote the name");
            ValueRule rule = rules.value(propertyPath, property, true);
            if (rule != null) {
                properties.put(name, rule);
            }
        });
        TimeRule eventTime = service.eventTime() == null
                ? TimeRule.OF_RECORD
                : rules.time(path + ".event-time", service.eventTime());
        ValueRule members = properties.remove(ALL);
        return new ServiceRule(
                Objects.requireNonNullElse(service.id(), path.substring(path.lastIndexOf("services"))),
                id,
                eventTime,
                members,
                properties);
    }

    /** A constant, a template, or a rule. */
    private ValueRule id(String path, ServiceProperties service) {
        String id = service.id();
        check.require(
                (id == null || id.isEmpty()) != (service.idFrom() == null),
                path + ".id",
                "the service_id of the product model is required, 1 to 64 characters; or id-from, a rule that produces it");
        ValueRule none = ValueRule.of(new Selector.Constant(MissingNode.getInstance()));
        if (service.idFrom() != null) {
            return Objects.requireNonNullElse(rules.value(path + ".id-from", service.idFrom(), false), none);
        }
        if (id == null || id.isEmpty()) {
            return none;
        }
        if (id.contains("{")) {
            return Objects.requireNonNullElse(rules.value(path + ".id", RuleProperties.of(id), false), none);
        }
        check.require(ModelNames.isService(id), path + ".id", ModelNames.adviceForService(id));
        return ValueRule.of(new Selector.Constant(JsonNodeFactory.instance.stringNode(id)));
    }
}
