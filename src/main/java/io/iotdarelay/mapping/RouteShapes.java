package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.model.DataType;
import io.iotdarelay.model.RouteShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What routes declare to send, to be held against product models: services whose IDs are constants, their properties, and the types
 * and constants that their rules say. What a record decides is left out.
 */
final class RouteShapes {

    private RouteShapes() {}

    /** The shapes of the configured routes that have a name. */
    static List<RouteShape> of(List<RouteProperties> routes) {
        List<RouteShape> shapes = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            RouteProperties route = routes.get(i);
            String path = "relay.routes[" + i + "]";
            if (route.name() != null) {
                shapes.add(new RouteShape(
                        path,
                        route.name(),
                        route.product(),
                        route.validation(),
                        services(path + ".services", route.services())));
            }
        }
        return shapes;
    }

    private static List<RouteShape.OfService> services(String path, List<ServiceProperties> services) {
        List<RouteShape.OfService> shapes = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            ServiceProperties service = services.get(i);
            String id = service.id();
            if (id != null && !id.isEmpty() && !service.hasTemplate()) {
                shapes.add(service(path + "[" + i + "]", id, service.properties()));
            }
        }
        return shapes;
    }

    private static RouteShape.OfService service(String path, String id, Map<String, RuleProperties> rules) {
        Map<String, RouteShape.OfProperty> properties = new HashMap<>();
        rules.forEach((name, rule) -> {
            if (!name.equals(ServiceProperties.ALL)) {
                String place = path + ".properties." + name;
                properties.put(name, new RouteShape.OfProperty(place, type(rule), constants(rule)));
            }
        });
        return new RouteShape.OfService(path, id, rules.containsKey(ServiceProperties.ALL), properties);
    }

    /** What the rule yields, where it says so itself or by its last steps. */
    private static @Nullable DataType type(RuleProperties rule) {
        if (rule.type() != null) {
            return DataType.valueOf(rule.type().name());
        }
        if (Integer.valueOf(0).equals(rule.round())) {
            return DataType.LONG;
        }
        boolean computed = Stream.of(rule.scale(), rule.offset(), rule.round(), rule.min(), rule.max())
                .anyMatch(step -> step != null);
        return computed ? DataType.DECIMAL : null;
    }

    /** A value that has not the type that its rule says is reported elsewhere. */
    private static List<JsonNode> constants(RuleProperties rule) {
        return Stream.of(rule.value(), rule.otherwise())
                .flatMap(Stream::ofNullable)
                .map(value -> StepsCompiler.typed(value, rule.type()))
                .flatMap(typed -> typed.<Stream<JsonNode>>fold(Stream::of, why -> Stream.empty()))
                .toList();
    }
}
