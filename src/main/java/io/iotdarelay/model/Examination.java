package io.iotdarelay.model;

import io.iotdarelay.settings.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks one report by its product's model. What is given is never changed: it may be examined again. */
@SuppressWarnings("ReferenceEquality") // whether anything was changed
final class Examination {

    private static final int MOST_TOLD = 10;
    private static final int MOST_COMPARED = 100;
    private static final int LONGEST_NAME = 64;
    private static final List<Finding> NONE = List.of();

    private final Product product;
    private final Validation validation;
    private List<Finding> violations = NONE;
    private List<Finding> warnings = NONE;
    private int coerced;

    Examination(Product product, Validation validation) {
        this.product = product;
        this.validation = validation;
    }

    /** The services with what the validation changes; without what does not fit, where it strips. */
    ArrayNode examine(ArrayNode services) {
        ArrayNode changed = null;
        for (int i = 0; i < services.size(); i++) {
            JsonNode entry = services.get(i);
            JsonNode fitting = service(entry);
            if (changed == null && fitting != entry) {
                changed = JsonNodeFactory.instance.arrayNode(services.size());
                for (int j = 0; j < i; j++) {
                    changed.add(services.get(j));
                }
            }
            if (changed != null && !fitting.isMissingNode()) {
                changed.add(fitting);
            }
        }
        return changed == null ? services : changed;
    }

    List<Finding> violations() {
        return violations;
    }

    /** Counts what was found, now that it is known what becomes of the report. */
    void count(Tally tally, boolean rejected) {
        for (Finding violation : violations) {
            tally.count(violation.rule(), rejected ? Tally.Action.REJECTED : Tally.Action.STRIPPED, 1);
        }
        for (Finding warning : warnings) {
            tally.count(warning.rule(), Tally.Action.WARNED, 1);
        }
        if (!rejected && coerced > 0) {
            tally.count(Rule.TYPE, Tally.Action.COERCED, coerced);
        }
    }

    /** Why the report does not fit, for a dead letter. */
    String detail() {
        StringBuilder detail = new StringBuilder("product ").append(product.id());
        for (int i = 0; i < Math.min(violations.size(), MOST_TOLD); i++) {
            detail.append(i == 0 ? ": " : "; ").append(violations.get(i).text());
        }
        if (violations.size() > MOST_TOLD) {
            detail.append("; and ").append(violations.size() - MOST_TOLD).append(" more");
        }
        return detail.toString();
    }

    private JsonNode service(JsonNode entry) {
        String id = entry.path("service_id").asString("");
        Service service = product.services().get(id);
        if (service == null) {
            return violates(
                    entry,
                    new Finding(
                            Rule.UNKNOWN_SERVICE,
                            "unknown service '" + shown(id) + "'"
                                    + alike(id, product.services().keySet())));
        }
        if (!(entry.get("properties") instanceof ObjectNode values)) {
            return violates(entry, new Finding(Rule.TYPE, id + ": expected an object of properties"));
        }
        if (values.isEmpty()) {
            warnings = with(warnings, new Finding(Rule.EMPTY, id + ": no property"));
        }
        ObjectNode fitting = properties(service, values);
        describe(service, fitting);
        if (fitting == values) {
            return entry;
        }
        if (fitting.isEmpty()) {
            return MissingNode.getInstance();
        }
        ObjectNode changed = copy((ObjectNode) entry);
        changed.set("properties", fitting);
        return changed;
    }

    private ObjectNode properties(Service service, ObjectNode values) {
        ObjectNode changed = null;
        for (Map.Entry<String, JsonNode> each : values.properties()) {
            JsonNode value = each.getValue();
            JsonNode fitting = value(service, each.getKey(), value);
            if (fitting != value) {
                changed = changed == null ? copy(values) : changed;
                if (fitting.isMissingNode()) {
                    changed.remove(each.getKey());
                } else {
                    changed.set(each.getKey(), fitting);
                }
            }
        }
        return changed == null ? values : changed;
    }

    private JsonNode value(Service service, String name, JsonNode value) {
        Property property = service.properties().get(name);
        if (property == null) {
            return violates(
                    value,
                    new Finding(
                            Rule.UNKNOWN_PROPERTY,
                            service.id() + ": unknown property '" + shown(name) + "'"
                                    + alike(name, service.properties().keySet())));
        }
        JsonNode fitting = validation == Validation.COERCE ? property.coerced(value) : value;
        Finding finding = property.discards(fitting);
        if (finding == null) {
            if (fitting != value) {
                coerced++;
            }
            if (property.isDescribed()) {
                property.describes(fitting, described -> found(service, described));
            }
            return fitting;
        }
        if (finding.rule().binds(validation)) {
            return violates(value, in(service, finding));
        }
        found(service, finding);
        return fitting;
    }

    private void describe(Service service, ObjectNode values) {
        for (String name : service.required()) {
            if (!values.has(name)) {
                found(service, new Finding(Rule.REQUIRED, name + ": required, and not in the report"));
            }
        }
    }

    /** Leaves out what does not fit, where that is wanted; otherwise the report is rejected anyway. */
    private JsonNode violates(JsonNode given, Finding finding) {
        violations = with(violations, finding);
        return validation == Validation.STRIP ? MissingNode.getInstance() : given;
    }

    private void found(Service service, Finding finding) {
        if (finding.rule().binds(validation)) {
            violations = with(violations, in(service, finding));
        } else {
            warnings = with(warnings, finding);
        }
    }

    private static Finding in(Service service, Finding finding) {
        return new Finding(finding.rule(), service.id() + "." + finding.text());
    }

    private static List<Finding> with(List<Finding> list, Finding element) {
        List<Finding> longer = list.isEmpty() ? new ArrayList<>() : list;
        longer.add(element);
        return longer;
    }

    private static ObjectNode copy(ObjectNode given) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        given.forEachEntry(copy::set);
        return copy;
    }

    private static String shown(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
    }

    /** A name that was probably meant. Looking for it is bounded: every record may have unknown names, and many. */
    private String alike(String name, Set<String> names) {
        return violations.size() >= MOST_TOLD || names.size() > MOST_COMPARED || name.length() > LONGEST_NAME
                ? ""
                : Suggestion.among(name, names);
    }
}
