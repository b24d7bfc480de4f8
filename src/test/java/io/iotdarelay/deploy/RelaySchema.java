package io.iotdarelay.deploy;

import io.iotdarelay.testing.KeyRange;
import io.iotdarelay.testing.KeyText;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The schema of the relay's own keys, generated from the code. The relay itself validates the values. */
final class RelaySchema {

    private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

    private static final String PREFIX = "relay.";
    private static final String ELEMENT = "[]";

    /** Written as a number, too: milliseconds, bytes. */
    private static final Set<String> MEASURES = Set.of(
            "java.time.Duration", "org.springframework.util.unit.DataSize", "java.util.List<java.time.Duration>");

    private static final Set<String> WHOLE = Set.of("java.lang.Integer", "java.lang.Long");
    private static final Set<String> BROKEN = Set.of("java.lang.Double", "java.math.BigDecimal");

    /** A rule, whose keys are described with the rules of properties. */
    private static final String RULES =
            "/properties/routes/items/properties/services/items/properties/properties/additionalProperties";

    private static final String EACH = "RouteProperties$EachProperties>";

    private static final String RULE = "io.iotdarelay.mapping.RuleProperties";

    /** Enumerations on their own that are written as Spring writes them; others have names of the platform. */
    private static final Set<String> LISTED =
            Set.of("io.iotdarelay.model.Validation", "io.iotdarelay.decode.Format", "io.iotdarelay.decode.Compression");

    private RelaySchema() {}

    /** The schema of a configuration file, for editors: the relay's keys, and those of others, about which it says nothing. */
    static ObjectNode ofFile() {
        ObjectNode schema = node().put("$schema", "http://json-schema.org/draft-07/schema#")
                .put("title", "Configuration of iotda-relay")
                .put("type", "object");
        schema.set("properties", node().set("relay", make()));
        return schema;
    }

    /** What belongs under {@code properties.relay} of the chart's schema. */
    static ObjectNode make() {
        ObjectNode relay = closed();
        List<ObjectNode> rules = new ArrayList<>();
        for (JsonNode property : JsonMapper.shared().readTree(METADATA).path("properties")) {
            String name = property.path("name").asString();
            String type = property.path("type").asString();
            if (name.startsWith(PREFIX) && !isStructure(type)) {
                ObjectNode parent = relay;
                String[] path = name.substring(PREFIX.length()).split("\\.");
                for (String step : Arrays.asList(path).subList(0, path.length - 1)) {
                    parent = child(parent, step);
                }
                ObjectNode leaf = leaf(path[path.length - 1], type);
                leaf.put("description", KeyText.of(property));
                KeyRange.of(property).ifPresent(range -> bound(leaf, type, range));
                if (type.equals(RULE)) {
                    rules.add(leaf);
                }
                properties(parent).set(path[path.length - 1], leaf);
            }
        }
        textInsteadOf((ObjectNode) relay.at(RULES + "/anyOf/1/properties"), "name");
        rules.forEach(place -> place.put("$ref", "#/properties/relay" + RULES));
        // As it is read back from a file: there numbers have no types of Java's.
        return (ObjectNode) JsonMapper.shared().readTree(relay.toString());
    }

    /** A text may be written instead of the object. */
    private static void textInsteadOf(ObjectNode properties, String key) {
        JsonNode object = properties.get(key);
        properties.set(
                key,
                node().set(
                                "anyOf",
                                JsonNodeFactory.instance
                                        .arrayNode()
                                        .add(node().put("type", "string"))
                                        .add(object)));
    }

    /** The object under a step of a key: an object, the elements of a list, or the values of a map. */
    private static ObjectNode child(ObjectNode parent, String step) {
        if (step.equals("*")) {
            return valueOf(parent);
        }
        String name = step.replace(ELEMENT, "");
        ObjectNode known = (ObjectNode) properties(parent).get(name);
        if (known == null) {
            ObjectNode object = closed();
            known = step.endsWith(ELEMENT) ? node().put("type", "array").set("items", object) : object;
            properties(parent).set(name, known);
        }
        return step.endsWith(ELEMENT) ? (ObjectNode) known.path("items") : known;
    }

    /** What a map holds: an object, or a text that replaces it. */
    private static ObjectNode valueOf(ObjectNode map) {
        if (!map.path("additionalProperties").isObject()) {
            ArrayNode forms = JsonNodeFactory.instance.arrayNode();
            forms.add(node().put("type", "string")).add(closed());
            map.remove("properties");
            map.set("additionalProperties", node().set("anyOf", forms));
        }
        return (ObjectNode) map.at("/additionalProperties/anyOf/1");
    }

    /** A schema can compare numbers; for durations and sizes it can only check the format. */
    private static void bound(ObjectNode leaf, String type, KeyRange range) {
        leaf.put("description", leaf.path("description").asString() + " Range: " + range + ".");
        if (WHOLE.contains(type) || BROKEN.contains(type)) {
            leaf.put("minimum", new BigDecimal(range.least()));
            leaf.put("maximum", new BigDecimal(range.most()));
        }
    }

    private static ObjectNode leaf(String name, String type) {
        return switch (name) {
            case "from" -> oneOrMany();
            case "missing" -> list(types("string", "number"));
            default -> leaf(type);
        };
    }

    private static ObjectNode list(ObjectNode items) {
        ObjectNode list = node().put("type", "array");
        list.set("items", items);
        return list;
    }

    private static ObjectNode leaf(String type) {
        if (type.endsWith(EACH)) {
            return each();
        }
        if (MEASURES.contains(type)) {
            ObjectNode measure = types("string", "integer");
            return type.startsWith("java.util.List")
                    ? node().put("type", "array").set("items", measure)
                    : measure;
        }
        if (WHOLE.contains(type)) {
            return types("integer", "string");
        }
        if (BROKEN.contains(type)) {
            return types("number", "string");
        }
        if (type.equals("java.lang.Boolean")) {
            return types("boolean", "string");
        }
        if (type.equals("java.lang.Object")) {
            return types("string", "number", "boolean");
        }
        if (type.startsWith("java.util.Map")) {
            return node().put("type", "object");
        }
        if (type.startsWith("java.util.List")) {
            return oneOrMany();
        }
        return type.equals(RULE) ? node() : constants(type);
    }

    /** A selector, or a list of selectors and of objects. */
    private static ObjectNode each() {
        ObjectNode level = closed();
        properties(level).set("from", node().put("type", "string"));
        properties(level).set("optional", types("boolean", "string"));
        ObjectNode levels = list(node().set(
                        "anyOf",
                        JsonNodeFactory.instance
                                .arrayNode()
                                .add(node().put("type", "string"))
                                .add(level)));
        return node().set(
                        "anyOf",
                        JsonNodeFactory.instance
                                .arrayNode()
                                .add(node().put("type", "string"))
                                .add(level.deepCopy())
                                .add(levels));
    }

    /** A text, which Spring splits at commas, or a list of them. */
    private static ObjectNode oneOrMany() {
        ArrayNode forms = JsonNodeFactory.instance.arrayNode();
        forms.add(node().put("type", "string"))
                .add(node().put("type", "array").set("items", node().put("type", "string")));
        return node().set("anyOf", forms);
    }

    /** The names of an enumeration that is written as Spring writes it, or any text. */
    private static ObjectNode constants(String type) {
        if (!type.contains("$") && !LISTED.contains(type)) {
            return node().put("type", "string");
        }
        try {
            ArrayNode names = JsonNodeFactory.instance.arrayNode();
            for (Object constant : Class.forName(type).getEnumConstants()) {
                names.add(constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'));
            }
            return node().set("enum", names);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isStructure(String type) {
        return !type.endsWith(EACH) && type.matches("java\\.util\\.(List|Map)<.*io\\.iotdarelay.*");
    }

    private static ObjectNode properties(ObjectNode object) {
        return (ObjectNode) object.path("properties");
    }

    private static ObjectNode closed() {
        ObjectNode object = node().put("type", "object").put("additionalProperties", false);
        object.set("properties", node());
        return object;
    }

    private static ObjectNode types(String... names) {
        ArrayNode types = JsonNodeFactory.instance.arrayNode();
        for (String name : names) {
            types.add(name);
        }
        return node().set("type", types);
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
