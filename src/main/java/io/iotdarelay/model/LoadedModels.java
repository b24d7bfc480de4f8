package io.iotdarelay.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The models that were read when the relay started, and what there is to say about them. */
public final class LoadedModels {

    private static final int MOST_LINES = 100;
    private static final int MOST_PROPERTIES = 30;

    /** No models: nothing is checked. */
    public static final LoadedModels NONE =
            new LoadedModels(Models.NONE, new ModelsProperties(Validation.OFF, Map.of(), List.of()), List.of());

    private final Models models;
    private final ModelsProperties properties;
    private final List<RouteShape> routes;

    LoadedModels(Models models, ModelsProperties properties, List<RouteShape> routes) {
        this.models = models;
        this.properties = properties;
        this.routes = List.copyOf(routes);
    }

    /** Reads the files again. */
    ModelCompiler.Compilation reload() {
        return ModelCompiler.compile(properties, routes);
    }

    /** Models for other routes, from the files as they are now: routes and models may have changed together. */
    ModelCompiler.Compilation with(List<RouteShape> others) {
        return ModelCompiler.compile(properties, others);
    }

    boolean areFor(List<RouteShape> others) {
        return routes.equals(others);
    }

    /** Whether anything is checked at all. */
    public boolean areAny() {
        return !models.products().isEmpty();
    }

    /** The IDs of the products that have a model. */
    public Set<String> products() {
        return Set.copyOf(models.products().keySet());
    }

    Models models() {
        return models;
    }

    /** What is allowed, but probably a mistake. */
    List<String> warnings() {
        return models.warnings();
    }

    /** What the models effectively take: a line for each service, and not too many. */
    List<String> describe() {
        List<String> lines = new ArrayList<>();
        models.products().values().forEach(product -> lines.addAll(describe(product)));
        if (lines.size() <= MOST_LINES) {
            return lines;
        }
        List<String> first = new ArrayList<>(lines.subList(0, MOST_LINES));
        first.add("and " + (lines.size() - MOST_LINES) + " more services");
        return first;
    }

    static List<String> describe(Product product) {
        return new TreeMap<>(product.services())
                .values().stream()
                        .map(service ->
                                "product " + product.id() + ", service " + service.id() + ": " + describe(service))
                        .toList();
    }

    private static String describe(Service service) {
        int count = service.properties().size();
        String some = new TreeMap<>(service.properties())
                .values().stream().limit(MOST_PROPERTIES).map(Property::shown).collect(Collectors.joining(", "));
        return count == 0
                ? "no properties"
                : some + (count > MOST_PROPERTIES ? " and " + (count - MOST_PROPERTIES) + " more" : "");
    }
}
