package io.iotdarelay.model;

import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Checks what a route declares by models. What would break one with each record is a problem, anything else a warning. */
final class RouteExamination {

    private static final int MOST_SUGGESTED = 500;

    private final Validation validation;
    private final List<SettingsProblem> problems = new ArrayList<>();
    private final List<SettingsProblem> warnings = new ArrayList<>();

    RouteExamination(Validation validation) {
        this.validation = validation;
    }

    List<SettingsProblem> problems() {
        return problems;
    }

    List<SettingsProblem> warnings() {
        return warnings;
    }

    /** Against the model of all its devices. */
    void checkBy(RouteShape route, Product product) {
        for (RouteShape.OfService declared : route.services()) {
            Service service = product.services().get(declared.id());
            if (service == null) {
                problems.add(new SettingsProblem(
                        declared.path() + ".id",
                        "'" + declared.id() + "' is not a service of product " + product.id()
                                + Suggestion.among(
                                        declared.id(), product.services().keySet())));
            } else {
                check(declared, service);
            }
        }
    }

    /** Against the models of several products: a service or property has to be in one of them. */
    void checkByAny(RouteShape route, Collection<Product> products) {
        Map<String, List<Service>> services = new TreeMap<>();
        products.forEach(product -> product.services()
                .values()
                .forEach(service -> services.computeIfAbsent(service.id(), id -> new ArrayList<>())
                        .add(service)));
        for (RouteShape.OfService declared : route.services()) {
            List<Service> possible = services.get(declared.id());
            if (possible == null) {
                problems.add(new SettingsProblem(
                        declared.path() + ".id",
                        "'" + declared.id() + "' is not a service of any product in relay.models.products"
                                + Suggestion.among(declared.id(), services.keySet())));
            } else if (possible.size() == 1) {
                check(declared, possible.getFirst());
            } else {
                Set<String> names = new TreeSet<>();
                possible.forEach(service -> names.addAll(service.properties().keySet()));
                declared.properties().forEach((name, property) -> {
                    if (!names.contains(name)) {
                        unknown(declared, name, property, names);
                    }
                });
            }
        }
    }

    private void check(RouteShape.OfService declared, Service service) {
        new TreeMap<>(declared.properties()).forEach((name, property) -> {
            Property known = service.properties().get(name);
            if (known == null) {
                unknown(declared, name, property, service.properties().keySet());
            } else {
                check(property, known);
            }
        });
        if (declared.open()) {
            return;
        }
        for (String required : service.required()) {
            if (!declared.properties().containsKey(required)) {
                note(
                        Rule.REQUIRED,
                        declared.path() + ".properties",
                        "the model requires '" + required + "', which the route never sends");
            }
        }
    }

    private void unknown(
            RouteShape.OfService declared, String name, RouteShape.OfProperty property, Set<String> known) {
        problems.add(new SettingsProblem(
                property.path(),
                "'" + name + "' is not a property of service " + declared.id()
                        + (known.size() > MOST_SUGGESTED ? "" : Suggestion.among(name, known))));
    }

    private void check(RouteShape.OfProperty declared, Property known) {
        if (!known.readable()) {
            note(Rule.METHOD, declared.path(), "the model's method has no R: devices do not report it");
        }
        if (declared.type() != null) {
            switch (Fit.of(declared.type(), known.type(), validation)) {
                case ALWAYS -> {}
                case SOMETIMES ->
                    warnings.add(new SettingsProblem(
                            declared.path(),
                            "the model expects " + known.type() + ", and the rule yields " + declared.type()
                                    + ": not every value fits"));
                case NEVER ->
                    problems.add(new SettingsProblem(
                            declared.path(),
                            "the model expects " + known.type() + ", and the rule yields " + declared.type()));
            }
        }
        declared.constants().forEach(constant -> check(declared.path(), constant, known));
    }

    private void check(String path, JsonNode constant, Property known) {
        JsonNode value = validation == Validation.COERCE ? known.coerced(constant) : constant;
        Finding finding = known.discards(value);
        if (finding == null) {
            known.describes(value, found -> note(found.rule(), path, "the constant breaks the model: " + found.text()));
        } else {
            note(finding.rule(), path, "the constant breaks the model: " + finding.text());
        }
    }

    private void note(Rule rule, String path, String message) {
        (rule.binds(validation) ? problems : warnings).add(new SettingsProblem(path, message));
    }

    /** Whether values of one type can be values of another. */
    private enum Fit {
        ALWAYS,
        SOMETIMES,
        NEVER;

        static Fit of(DataType yielded, DataType wanted, Validation validation) {
            if (yielded == wanted || (yielded.isText() && wanted.isText())) {
                return ALWAYS;
            }
            if (yielded.isNumeric() && wanted.isNumeric()) {
                boolean widens = wanted == DataType.DECIMAL || (yielded == DataType.INT && wanted == DataType.LONG);
                return widens ? ALWAYS : SOMETIMES;
            }
            return yielded.isText() && wanted.isNumeric() && validation == Validation.COERCE ? SOMETIMES : NEVER;
        }
    }
}
