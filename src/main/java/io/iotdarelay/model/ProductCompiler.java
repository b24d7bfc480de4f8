package io.iotdarelay.model;

import io.iotdarelay.settings.Suggestion;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compiles the services of one product. Keys are read in the API's spelling ({@code data_type}) and in the console's
 * ({@code dataType}); unknown keys are ignored, and 0 and null count as not set, as the console writes them.
 */
final class ProductCompiler {

    private static final int MOST = 500;
    private static final int MOST_WARNED = 20;

    private final String productId;
    private final Problems problems;
    private final List<String> filledIn = new ArrayList<>();
    private final List<String> unordered = new ArrayList<>();
    private final List<String> tooWide = new ArrayList<>();
    private final List<String> breakingShadows = new ArrayList<>();
    private final List<String> withoutList = new ArrayList<>();

    ProductCompiler(String productId, Problems problems) {
        this.productId = productId;
        this.problems = problems;
    }

    Product compile(List<ModelFile.Source> sources) {
        Map<String, Service> services = new LinkedHashMap<>();
        problems.require(sources.size() <= MOST, "", "has " + sources.size() + " services, " + MOST + " are possible");
        for (ModelFile.Source source : sources) {
            String id = source.id() == null ? text(source.node(), "service_id", "serviceId") : source.id();
            // A file of one service type names no service: most often both have the same name.
            String name = id.isEmpty() ? text(source.node(), "service_type", "serviceType") : id;
            if (problems.require(!name.isEmpty(), source.place(), "service_id is missing")) {
                Service service = service(source, name);
                problems.require(
                        services.putIfAbsent(name, service) == null,
                        source.place(),
                        "the service_id '" + name + "' occurs twice");
            }
        }
        return new Product(productId, services);
    }

    /** What is allowed, but probably a mistake. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        warn(
                warnings,
                filledIn,
                "have the range 0 to 65535, which tools fill in where none is given: any other value breaks the model");
        warn(warnings, unordered, "have a min above their max: no range is checked");
        warn(warnings, tooWide, "have bounds beyond the bits of their type: values there break the model");
        warn(warnings, withoutList, "have the type enum and no enum_list: any string fits");
        warn(warnings, breakingShadows, "have a '.' or '$' in their name: values arrive, but not in the device shadow");
        return warnings;
    }

    private static void warn(List<String> warnings, List<String> places, String what) {
        if (!places.isEmpty()) {
            String some = String.join(", ", places.subList(0, Math.min(places.size(), MOST_WARNED)));
            String rest = places.size() > MOST_WARNED ? " and " + (places.size() - MOST_WARNED) + " more" : "";
            warnings.add(some + rest + " " + what);
        }
    }

    private Service service(ModelFile.Source source, String id) {
        noteName(id, id);
        Map<String, Property> properties = new LinkedHashMap<>();
        JsonNode listed = source.node().path("properties");
        String path = source.place() + "/properties";
        boolean isList = problems.require(
                listed.isArray() || listed.isNull() || listed.isMissingNode(), path, "expected a list of properties");
        problems.require(
                !isList || listed.size() <= MOST,
                path,
                "has " + listed.size() + " properties, " + MOST + " are possible");
        for (int i = 0; isList && i < listed.size(); i++) {
            Property property = property(path + "/" + i, id, listed.get(i));
            if (property != null) {
                problems.require(
                        properties.putIfAbsent(property.name(), property) == null,
                        path + "/" + i,
                        "the property_name '" + property.name() + "' occurs twice");
            }
        }
        return Service.of(id, properties);
    }

    private @Nullable Property property(String path, String service, JsonNode node) {
        String name = text(node, "property_name", "propertyName");
        String typeName = text(node, "data_type", "dataType");
        DataType type = DataType.of(typeName);
        boolean named = problems.require(!name.isEmpty(), path, "property_name is missing");
        if (type == null) {
            problems.add(
                    path + "/" + key(node, "data_type", "dataType"),
                    typeName.isEmpty()
                            ? "data_type is missing"
                            : "unknown data_type '" + typeName + "'" + Suggestion.among(typeName, DataType.names()));
        }
        if (type == null || !named) {
            return null;
        }
        String place = service + "." + name;
        noteName(place, name);
        Set<String> listed = listed(path, node);
        if (type == DataType.ENUM && listed.isEmpty()) {
            withoutList.add(place);
        }
        return new Property(
                name,
                type,
                type.isNumeric() ? range(path, place, node, type) : Range.ANY,
                maxLength(path, node),
                listed,
                step(node),
                field(node, "required", "required").asString("").equalsIgnoreCase("true"),
                isReadable(text(node, "method", "method")),
                text(node, "method", "method"),
                text(node, "unit", "unit"));
    }

    private void noteName(String place, String name) {
        if (name.contains(".") || name.contains("$") || name.indexOf(0) >= 0) {
            breakingShadows.add(place);
        }
    }

    private Range range(String path, String place, JsonNode node, DataType type) {
        BigDecimal min = bound(path, node, "min");
        BigDecimal max = bound(path, node, "max");
        Range range = Range.of(min, max);
        if (range.isFilledIn()) {
            filledIn.add(place);
        }
        if (min != null && max != null && min.compareTo(max) > 0) {
            unordered.add(place);
        }
        if (type.isWhole() && range.exceeds(type.bits())) {
            tooWide.add(place);
        }
        return range;
    }

    private @Nullable BigDecimal bound(String path, JsonNode node, String key) {
        JsonNode given = node.path(key);
        if (isUnset(given)) {
            return null;
        }
        BigDecimal bound = given.isNumber() || given.isString() ? Numbers.bound(given) : null;
        problems.require(bound != null, path + "/" + key, "expected a number, or a string that is one, for " + key);
        return bound;
    }

    private int maxLength(String path, JsonNode node) {
        JsonNode given = field(node, "max_length", "maxLength");
        if (isUnset(given)) {
            return 0;
        }
        Long length = given.isNumber() || given.isString() ? whole(given) : null;
        boolean valid = length != null && length >= 0 && length <= Integer.MAX_VALUE;
        problems.require(
                valid,
                path + "/" + key(node, "max_length", "maxLength"),
                "expected a whole number, 0 or more, for max_length");
        return valid && length != null ? length.intValue() : 0;
    }

    private static @Nullable Long whole(JsonNode given) {
        BigDecimal number = Numbers.bound(given);
        return number == null ? null : Numbers.whole(number);
    }

    /** Only described: what is no step counts as none. */
    private static @Nullable BigDecimal step(JsonNode node) {
        JsonNode given = node.path("step");
        BigDecimal step = given.isNumber() || given.isString() ? Numbers.bound(given) : null;
        return step == null || step.signum() <= 0 ? null : step;
    }

    private Set<String> listed(String path, JsonNode node) {
        JsonNode given = field(node, "enum_list", "enumList");
        Set<String> listed = new LinkedHashSet<>();
        if (problems.require(
                given.isArray() || isUnset(given),
                path + "/" + key(node, "enum_list", "enumList"),
                "expected a list of strings")) {
            given.forEach(value -> listed.add(value.asString("")));
        }
        return listed;
    }

    /** R, RW, RE or RWE; where nothing is said, nothing is known. */
    private static boolean isReadable(String method) {
        return method.isEmpty() || method.contains("R") || method.contains("r");
    }

    private static boolean isUnset(JsonNode node) {
        return node.isMissingNode()
                || node.isNull()
                || (node.isString() && node.asString().isBlank());
    }

    private static String text(JsonNode node, String key, String other) {
        return field(node, key, other).asString("");
    }

    private static JsonNode field(JsonNode node, String key, String other) {
        return node.path(key(node, key, other));
    }

    private static String key(JsonNode node, String key, String other) {
        return node.has(key) || !node.has(other) ? key : other;
    }
}
