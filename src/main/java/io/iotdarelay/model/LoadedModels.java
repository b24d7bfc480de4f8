package io.iotdarelay.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The models that were read when the relay started, and what there is to say about them. */
public final class LoadedModels {

    private static final int MOST_PROPERTIES = 30;

    private static final int MOST_LINES = 100;

    /** No models: nothing is checked. */
    public static final LoadedModels NONE =
            new LoadedModels(Models.NONE, ModelsProperties.of(Validation.OFF, Map.of(), List.of()), List.of());

    private final Models models;
    private final ModelsProperties properties;
    private final List<RouteShape> routes;
    private final ModelFiles files;
    private final Map<String, Fetched> fetched;
    private final Map<String, String> misfits;
    private final List<String> ofPlatform;

    LoadedModels(Models models, ModelsProperties properties, List<RouteShape> routes) {
        this(models, properties, routes, ModelFiles.NONE, Map.of(), Map.of());
    }

    LoadedModels(
            Models models,
            ModelsProperties properties,
            List<RouteShape> routes,
            ModelFiles files,
            Map<String, Fetched> fetched,
            Map<String, String> misfits) {
        this.models = models;
        this.properties = properties;
        this.routes = List.copyOf(routes);
        this.files = files;
        this.fetched = Map.copyOf(fetched);
        this.misfits = Map.copyOf(misfits);
        this.ofPlatform = properties.products().entrySet().stream()
                .filter(each -> each.getValue().platform())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Reads the files again. */
    ModelCompiler.Compilation reload(Map<String, Model> newest) {
        return ModelCompiler.compile(properties, ModelFiles.read(properties), after(newest), routes);
    }

    /** Models with these of the platform, and the files as they were. */
    ModelCompiler.Compilation with(Map<String, Model> newest) {
        return ModelCompiler.compile(properties, files, after(newest), routes);
    }

    /** Models for other routes, from the files as they are now: routes and models may have changed together. */
    ModelCompiler.Compilation with(List<RouteShape> others) {
        return ModelCompiler.compile(properties, ModelFiles.read(properties), fetched, others);
    }

    private Map<String, Fetched> after(Map<String, Model> newest) {
        Map<String, Fetched> all = new HashMap<>(fetched);
        newest.forEach((id, model) ->
                all.merge(id, new Fetched(model, null), (before, now) -> new Fetched(now.newest(), before.inForce())));
        return all;
    }

    boolean areFor(List<RouteShape> others) {
        return routes.equals(others);
    }

    /** Whether anything is checked at all. */
    public boolean areAny() {
        return !properties.products().isEmpty();
    }

    /** The IDs of the products whose models are those of the platform, in order. */
    public List<String> ofPlatform() {
        return ofPlatform;
    }

    /** How often they are asked for. */
    public Duration refreshInterval() {
        return properties.refreshInterval();
    }

    /** The IDs of the products whose models only the platform has. */
    public List<String> unknown() {
        return ofPlatform.stream().filter(id -> !has(id)).toList();
    }

    /** Why the newest model of a product on the platform is not in force: the routes do not fit it. */
    Optional<String> misfit(String product) {
        return Optional.ofNullable(misfits.get(product));
    }

    /** Whether the model in force is one of the platform. */
    boolean isFetched(String product) {
        Fetched known = fetched.get(product);
        return known != null && known.inForce() != null;
    }

    /** Whether a product has a model. */
    boolean has(String product) {
        return models.products().containsKey(product);
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
        return describe(models.products().values());
    }

    /** What these models effectively take: a line for each service, and not too many. */
    static List<String> describe(Collection<Product> products) {
        List<String> lines =
                products.stream().flatMap(product -> describe(product).stream()).toList();
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
