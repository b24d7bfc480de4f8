package io.iotdarelay.model;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.FileState;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the configured models, checks the routes by them, and lists all errors in both. */
public final class ModelCompiler {

    private static final java.util.regex.Pattern PRODUCT_ID = java.util.regex.Pattern.compile("[A-Za-z0-9_-]{1,36}");

    private final Requirements requirements = new Requirements("relay");
    private final ModelsProperties properties;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Product> products = new LinkedHashMap<>();
    private final Map<Path, FileState> files = new LinkedHashMap<>();
    private final Map<String, Models.Choice> choices = new HashMap<>();

    private ModelCompiler(ModelsProperties properties) {
        this.properties = properties;
    }

    /** Models, or the errors. */
    public sealed interface Compilation {

        record Compiled(LoadedModels models) implements Compilation {}

        record Wrong(List<SettingsProblem> problems) implements Compilation {}
    }

    /**
     * Compiles.
     *
     * @param routes what the routes declare; incomplete where they are wrong themselves
     */
    public static Compilation compile(ModelsProperties properties, List<RouteShape> routes) {
        ModelCompiler compiler = new ModelCompiler(properties);
        properties.products().forEach(compiler::product);
        List<DeviceRule> devices = compiler.devices();
        routes.forEach(compiler::route);
        List<SettingsProblem> problems = compiler.requirements.problems();
        return problems.isEmpty()
                ? new Compilation.Compiled(new LoadedModels(
                        new Models(compiler.products, compiler.files, devices, compiler.choices, compiler.warnings),
                        properties,
                        routes))
                : new Compilation.Wrong(problems);
    }

    private void product(String id, ModelsProperties.ProductProperties product) {
        String key = "models.products." + id;
        requirements.that(
                PRODUCT_ID.matcher(id).matches(), key, "a product ID has 1 to 36 letters, digits, '_' or '-'");
        String name = Objects.requireNonNullElse(product.file(), "");
        requirements.that(
                !name.isBlank(), key + ".file", "a model file is required, such as file:/etc/iotda-relay/model.zip");
        if (name.isBlank()) {
            return;
        }
        Path file = FileLocation.path(name);
        files.put(file, FileState.orMissing(file));
        ModelFile.Reading reading = ModelFile.read(file, id);
        reading.problems().forEach(problem -> requirements.that(false, key + ".file", problem));
        reading.warnings().forEach(warning -> warnings.add("product " + id + ": " + warning));
        reading.product().ifPresent(read -> products.put(id, read));
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
        Validation validation = Objects.requireNonNullElse(route.validation(), properties.validation());
        choices.put(route.name(), new Models.Choice(validation, named));
        if (validation == Validation.OFF || products.isEmpty()) {
            return;
        }
        RouteExamination examination = new RouteExamination(validation);
        if (named == null) {
            // Which devices it has is not known yet: perhaps some without a model.
            examination.checkByAny(route, products.values());
            examination.problems().forEach(problem -> warnings.add(problem.toString()));
        } else if (products.get(named) != null) {
            examination.checkBy(route, products.get(named));
            requirements.and(examination.problems());
        }
        examination.warnings().forEach(warning -> warnings.add(warning.toString()));
    }
}
