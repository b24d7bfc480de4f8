package io.iotdarelay.expression;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;

/** Translates between Jackson's trees and the library's values. */
final class Trees {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** A double holds fifteen digits of any decimal: what is computed has no more, as JSONata's own texts. */
    private static final MathContext COMPUTED = new MathContext(15);

    private Trees() {}

    /** A copy: what a record holds is never changed. */
    static @Nullable Object toValue(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = LinkedHashMap.newLinkedHashMap(node.size());
                node.forEachEntry((name, member) -> map.put(name, toValue(member)));
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>(node.size());
                node.forEach(element -> list.add(toValue(element)));
                yield list;
            }
            case NUMBER -> node instanceof NumericNode number && number.isNaN() ? null : number(node);
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING -> null;
            default -> node.asString();
        };
    }

    private static Number number(JsonNode node) {
        return node.isInt()
                ? node.intValue()
                : node.isLong() ? node.longValue() : Functions.bounded(node.decimalValue());
    }

    /** A tree of a value that is within bounds. */
    static JsonNode toTree(@Nullable Object value, int depth) {
        if (depth == 0) {
            throw new ExceededException("its value is nested too deeply");
        }
        if (value == null) {
            return NODES.nullNode();
        }
        return switch (value) {
            case Map<?, ?> map -> {
                ObjectNode object = NODES.objectNode();
                map.forEach((name, member) -> object.set(String.valueOf(name), toTree(member, depth - 1)));
                yield object;
            }
            case List<?> list -> {
                ArrayNode array = NODES.arrayNode(list.size());
                list.forEach(element -> array.add(toTree(element, depth - 1)));
                yield array;
            }
            case String text -> NODES.stringNode(text);
            case Boolean truth -> NODES.booleanNode(truth);
            case Double number -> NODES.numberNode(computed(number));
            case Number number -> NODES.numberNode(new BigDecimal(number.toString()));
            default -> throw new ExceededException("its value is a function");
        };
    }

    private static BigDecimal computed(double number) {
        BigDecimal rounded = new BigDecimal(number, COMPUTED).stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }
}
