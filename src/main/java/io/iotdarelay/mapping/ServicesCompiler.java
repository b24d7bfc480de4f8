package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compiles the services of a route. What is wrong is noted, and left out. */
final class ServicesCompiler {

    /** What YAML makes of on, off, yes and no: a name like that was hardly meant. */
    private static final Set<String> TRUTH_VALUES = Set.of("true", "false");

    private final Selectors.Check check;
    private final RuleCompiler rules;

    ServicesCompiler(Selectors.Check check) {
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
        String id = Objects.requireNonNullElse(service.id(), "");
        check.require(
                !id.isEmpty(), path + ".id", "the service_id of the product model is required, 1 to 64 characters");
        check.require(id.isEmpty() || ModelNames.isService(id), path + ".id", ModelNames.adviceForService(id));
        check.require(!service.properties().isEmpty(), path + ".properties", "at least one property is required");
        Map<String, ValueRule> rules = new LinkedHashMap<>();
        service.properties().forEach((name, property) -> {
            String propertyPath = path + ".properties." + name;
            check.require(ModelNames.isProperty(name), propertyPath, ModelNames.adviceForProperty(name));
            check.require(
                    !TRUTH_VALUES.contains(name),
                    propertyPath,
                    "YAML makes " + name + " of words such as on, off, yes or no: put the name in quotes");
            ValueRule rule = this.rules.value(propertyPath, property);
            if (rule != null) {
                rules.put(name, rule);
            }
        });
        TimeRule eventTime = service.eventTime() == null
                ? TimeRule.OF_RECORD
                : this.rules.time(path + ".event-time", service.eventTime());
        return new ServiceRule(id, eventTime, rules);
    }
}
