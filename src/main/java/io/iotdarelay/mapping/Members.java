package io.iotdarelay.mapping;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Properties whose names come from data.
 *
 * @param from an object whose members become properties; or, for elements, the value of each
 * @param each where the elements are; without it, and without a rule for the name, there are none
 * @param name makes the name of an element; without it, an element has the name of the member that it is
 * @param names which names are taken, and how they are called
 */
record Members(
        ValueRule from, @Nullable Each each, @Nullable ValueRule name, PropertyNames names) {

    /** The properties, or none where nothing is there and nothing has to be. */
    Result<ObjectNode> of(Scope scope) {
        if (each != null) {
            Each.Found found = each.of(scope);
            return found == null ? Result.failed(Each.TOO_MANY) : elements(found.elements());
        }
        if (name != null) {
            return put(JsonNodeFactory.instance.objectNode(), scope);
        }
        Result<JsonNode> found = from.value(scope);
        return from.optional() && found instanceof Result.Nothing
                ? Result.found(JsonNodeFactory.instance.objectNode())
                : found.required().then(node -> properties(node, scope.work()));
    }

    private Result<ObjectNode> elements(List<Elements.Element> elements) {
        Result<ObjectNode> properties = Result.found(JsonNodeFactory.instance.objectNode());
        for (Elements.Element element : elements) {
            String failure = element.failure();
            properties =
                    failure == null ? properties.then(object -> put(object, element.scope())) : Result.failed(failure);
            if (!(properties instanceof Result.Found)) {
                return properties;
            }
        }
        return properties;
    }

    /** One element. Where its name or its value is nothing, it is left out if the rule says so. */
    private Result<ObjectNode> put(ObjectNode properties, Scope element) {
        Result<JsonNode> value = from.value(element);
        Result<String> inData = name == null
                ? ownName(element)
                : name.value(element).then(Scalars::text).as("name");
        return from.optional() && (value instanceof Result.Nothing || inData instanceof Result.Nothing)
                ? Result.found(properties)
                : value.required()
                        .then(known -> inData.required().then(text -> put(properties, text, known, element.work())));
    }

    private static Result<String> ownName(Scope element) {
        String own = element.name();
        return own == null ? Result.failed("elements of an array have no names: name is required") : Result.found(own);
    }

    /** A member that is null means that there is no value. */
    private Result<ObjectNode> properties(JsonNode found, Work work) {
        if (!found.isObject()) {
            return Result.failed("expected an object, got " + Scalars.kind(found));
        }
        if (!work.allows((long) Work.VALUE * found.size())) {
            return Result.failed(Work.TOO_MUCH);
        }
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : found.properties()) {
            Result<ObjectNode> put = Scalars.isNoValue(member.getValue())
                    ? Result.found(properties)
                    : put(properties, member.getKey(), member.getValue(), work);
            if (!(put instanceof Result.Found)) {
                return put;
            }
        }
        return Result.found(properties);
    }

    private Result<ObjectNode> put(ObjectNode properties, String inData, JsonNode value, Work work) {
        if (!work.allows((long) PropertyNames.WEIGHT * inData.length())) {
            return Result.failed(Work.TOO_MUCH);
        }
        Result<String> name = names.of(inData);
        if (name instanceof Result.Nothing) {
            return Result.found(properties);
        }
        return name.then(known -> {
            if (properties.has(known)) {
                return Result.failed("two values have the name " + known);
            }
            properties.set(known, value);
            if (properties.size() > names.atMost()) {
                return Result.failed("there are more than " + names.atMost() + " properties");
            }
            return from.mayHold(value, work) ? Result.found(properties) : Result.failed(Work.LARGER_THAN_ANY);
        });
    }
}
