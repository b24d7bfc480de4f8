package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/** Compiles the services of a route. Errors are recorded, and the invalid parts left out. */
final class ServicesCompiler {

    private final CompilerContext context;

    /**
     * A compiler.
     *
     * @param context that of the route's elements, if it has {@code each}
     */
    ServicesCompiler(CompilerContext context) {
        this.context = context;
    }

    Services compile(String path, RouteProperties route) {
        List<ServiceProperties> services = route.services();
        if (services.isEmpty()) {
            return new Services.PassedOn(from(path + ".services-from", route.servicesFrom()));
        }
        context.require(route.servicesFrom() == null, path + ".services-from", "is not allowed beside services");
        List<Services.Entries> entries = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            entries.add(entries(path + ".services[" + i + "]", services.get(i)));
        }
        return new Services.Declared(List.copyOf(entries));
    }

    private @Nullable ValueRule from(String path, @Nullable RuleProperties from) {
        return from == null ? null : new RuleCompiler(context).value(path, from, false);
    }

    private Services.Entries entries(String path, ServiceProperties service) {
        CompilerContext inside = context.inside(service.each().size());
        Each each = new EachCompiler(context).compile(path + ".each", service.each(), null);
        Condition when = new ConditionCompiler(inside).compile(path + ".when", service.when());
        return new Services.Entries(each, when, service(path, service, inside));
    }

    private ServiceRule service(String path, ServiceProperties service, CompilerContext inside) {
        RuleCompiler rules = new RuleCompiler(inside);
        ValueRule id = id(path, service, rules);
        context.require(!service.properties().isEmpty(), path + ".properties", "at least one property is required");
        Map<String, ValueRule> properties = new LinkedHashMap<>();
        service.properties().forEach((name, property) -> {
            String propertyPath = path + ".properties." + name;
            context.require(
                    name.equals(ServiceProperties.ALL) || ModelNames.isProperty(name),
                    propertyPath,
                    ModelNames.adviceForProperty(name));
            context.requireNoTruthValue(name, propertyPath);
            ValueRule rule = name.equals(ServiceProperties.ALL) ? null : rules.value(propertyPath, property, true);
            if (rule != null) {
                properties.put(name, rule);
            }
        });
        TimeRule eventTime = service.eventTime() == null
                ? TimeRule.OF_RECORD
                : rules.time(path + ".event-time", service.eventTime());
        RuleProperties all = service.properties().get(ServiceProperties.ALL);
        Members members = all == null
                ? null
                : new MembersCompiler(inside).compile(path + ".properties." + ServiceProperties.ALL, all);
        return new ServiceRule(
                Objects.requireNonNullElse(service.id(), path.substring(path.lastIndexOf("services"))),
                id,
                eventTime,
                members,
                properties);
    }

    /** A constant, a template, or a rule. */
    private ValueRule id(String path, ServiceProperties service, RuleCompiler rules) {
        String id = service.id();
        context.require(
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
        if (service.hasTemplate()) {
            return Objects.requireNonNullElse(rules.value(path + ".id", RuleProperties.of(id), false), none);
        }
        context.require(ModelNames.isService(id), path + ".id", ModelNames.adviceForService(id));
        return ValueRule.of(new Selector.Constant(JsonNodeFactory.instance.stringNode(id)));
    }
}
