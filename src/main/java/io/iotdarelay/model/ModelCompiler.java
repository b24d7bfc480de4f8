package io.iotdarelay.model;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the configured models, checks the routes by them, and lists all errors in both. */
public final class ModelCompiler {

    private static final int MOST_SHOWN = 10;
    private static final java.util.regex.Pattern PRODUCT_ID = java.util.regex.Pattern.compile("[A-Za-z0-9_-]{1,36}");

    private final Requirements requirements = new Requirements("relay");
    private final ModelsProperties properties;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Product> products = new LinkedHashMap<>();
    private final ModelFiles files;
    private final Map<String, Fetched> fetched;
    private final List<RouteShape> routes;
    private final Map<String, String> misfits = new HashMap<>();
    private final Map<String, Models.Choice> choices = new HashMap<>();

    private ModelCompiler(
            ModelsProperties properties, ModelFiles files, Map<String, Fetched> fetched, List<RouteShape> routes) {
        this.properties = properties;
        this.files = files;
        this.fetched = new HashMap<>(fetched);
        this.routes = routes;
    }

    /** Models, or the errors. */
    public sealed interface Compilation {

        record Compiled(LoadedModels models) implements Compilation {}

        record Wrong(List<SettingsProblem> problems) implements Compilation {}
    }

    /**
     * Compiles, when nothing of the platform is known yet.
     *
     * @param routes what the routes declare; incomplete where they are wrong themselves
     */
    public static Compilation compile(ModelsProperties properties, List<RouteShape> routes) {
        return compile(properties, ModelFiles.read(properties), Map.of(), routes);
    }

    /** Compiles with what was fetched from the platform. */
    static Compilation compile(
            ModelsProperties properties, ModelFiles files, Map<String, Fetched> fetched, List<RouteShape> routes) {
        ModelCompiler compiler = new ModelCompiler(properties, files, fetched, routes);
        properties.products().forEach(compiler::product);
        List<DeviceRule> devices = compiler.devices();
        routes.forEach(compiler::route);
        List<SettingsProblem> problems = compiler.requirements.problems();
        return problems.isEmpty()
                ? new Compilation.Compiled(new LoadedModels(
                        new Models(compiler.products, files.states(), devices, compiler.choices, compiler.warnings),
                        properties,
                        routes,
                        files,
                        compiler.fetched,
                        compiler.misfits))
                : new Compilation.Wrong(problems);
    }

    private void product(String id, ModelsProperties.ProductProperties product) {
        String key = "models.products." + id;
        requirements.that(
                PRODUCT_ID.matcher(id).matches(), key, "a product ID has 1 to 36 letters, digits, '_' or '-'");
        String name = Objects.requireNonNullElse(product.file(), "");
        requirements.that(
                !name.isBlank() || product.platform(),
                key + ".file",
                "a model file is required, such as file:/etc/iotda-relay/model.zip, or platform: true");
        Optional<Model> file = Optional.empty();
        ModelFile.Reading reading = files.readings().get(id);
        if (reading != null) {
            reading.problems().forEach(problem -> requirements.that(false, key + ".file", problem));
            file = Model.of(reading);
        }
        if (product.platform()) {
            newestThatFits(id, file);
        } else {
            file.ifPresent(model -> use(id, model));
        }
    }

    private void use(String id, Model model) {
        model.warnings().forEach(warning -> warnings.add("product " + id + ": " + warning));
        products.put(id, model.product());
    }

    /**
     * The platform's newest model, unless the routes do not fit it: then the one before, or that of the file, or none. Routes that name the
     * product, and fit none of its models of which one is in force, are wrong themselves.
     */
    private void newestThatFits(String id, Optional<Model> file) {
        Fetched known = fetched.get(id);
        if (known == null) {
            file.ifPresent(model -> {
                List<SettingsProblem> problems = misfits(model.product());
                if (problems.isEmpty()) {
                    use(id, model);
                } else {
                    warnings.add("product " + id + ": the file is not used until the platform has answered: "
                            + shown(problems));
                }
            });
            return;
        }
        Model former = known.inForce();
        Optional<Model> fitting = (former == null ? file : Optional.of(former))
                .filter(model -> misfits(model.product()).isEmpty());
        List<SettingsProblem> named = misfits(known.newest().product());
        List<SettingsProblem> problems = new ArrayList<>(named);
        fitting.ifPresent(
                model -> problems.addAll(broken(model.product(), known.newest().product())));
        if (problems.isEmpty()) {
            fetched.put(id, new Fetched(known.newest(), known.newest()));
            use(id, known.newest());
            return;
        }
        misfits.put(id, shown(problems));
        if (fitting.isPresent()) {
            use(id, fitting.get());
        } else if (former != null) {
            requirements.and(named);
        }
    }

    /** What is wrong with the routes that name a product, by one of its models. */
    private List<SettingsProblem> misfits(Product product) {
        return routes.stream()
                .filter(route -> product.id().equals(route.product()))
                .flatMap(route -> misfits(route, product).stream())
                .toList();
    }

    /**
     * What a new model breaks in routes without a product. Whether their devices are of this one is not known, but everything that they send
     * is in the former model: so they probably are.
     */
    private List<SettingsProblem> broken(Product former, Product newest) {
        return routes.stream()
                .filter(route -> route.product() == null && !route.services().isEmpty())
                .filter(route -> misfits(route, former).isEmpty())
                .flatMap(route -> misfits(route, newest).stream())
                .toList();
    }

    private List<SettingsProblem> misfits(RouteShape route, Product product) {
        Validation validation = validation(route);
        if (validation == Validation.OFF) {
            return List.of();
        }
        RouteExamination examination = new RouteExamination(validation);
        examination.checkBy(route, product);
        return examination.problems();
    }

    private Validation validation(RouteShape route) {
        return Objects.requireNonNullElse(route.validation(), properties.validation());
    }

    private static String shown(List<SettingsProblem> problems) {
        String some = problems.stream()
                .limit(MOST_SHOWN)
                .map(SettingsProblem::toString)
                .collect(Collectors.joining("; "));
        return problems.size() > MOST_SHOWN ? some + "; and " + (problems.size() - MOST_SHOWN) + " more" : some;
    }

    private List<DeviceRule> devices() {
        List<DeviceRule> rules = new ArrayList<>();
        for (int i = 0; i < properties.devices().size(); i++) {
            ModelsProperties.DeviceProperties devices = properties.devices().get(i);
            String key = "models.devices[" + i + "]";
            String prefix = Objects.requireNonNullElse(devices.prefix(), "");
            requirements.that(
                    prefix.isEmpty() != (devices.pattern() == null),
                    key,
                    "either a prefix or a pattern is required, not both");
            String product = known(key + ".product", devices.product());
            requirements.that(devices.product() != null, key + ".product", "the ID of a product is required");
            rules.add(new DeviceRule(prefix, pattern(key + ".pattern", devices.pattern()), product));
        }
        return rules;
    }

    private @Nullable Pattern pattern(String key, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            requirements.that(false, key, "is not a regular expression: " + e.getDescription());
            return null;
        }
    }

    /** Requires a product to be configured. */
    private String known(String key, @Nullable String product) {
        requirements.that(
                product == null || properties.products().containsKey(product),
                key,
                "'" + product + "' is not one of relay.models.products"
                        + Suggestion.among(
                                String.valueOf(product), properties.products().keySet()));
        return String.valueOf(product);
    }

    private void route(RouteShape route) {
        String key = route.path().substring("relay.".length());
        String named = route.product() == null ? null : known(key + ".product", route.product());
        Validation validation = validation(route);
        if (!properties.products().isEmpty()) {
            choices.put(route.name(), new Models.Choice(validation, named));
        }
        if (validation == Validation.OFF || products.isEmpty()) {
            return;
        }
        RouteExamination examination = new RouteExamination(validation);
        if (named == null) {
            // Which devices it has is not known yet: perhaps some without a model. What is missing may be in a model
            // that is not known.
            if (products.size() == properties.products().size()) {
                examination.checkByAny(route, products.values());
            }
            examination.problems().forEach(problem -> warnings.add(problem.toString()));
        } else if (products.get(named) != null) {
            examination.checkBy(route, products.get(named));
            requirements.and(examination.problems());
        }
        examination.warnings().forEach(warning -> warnings.add(warning.toString()));
    }
}
