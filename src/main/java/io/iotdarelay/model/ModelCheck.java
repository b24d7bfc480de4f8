package io.iotdarelay.model;

import io.iotdarelay.telemetry.DeviceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/**
 * Checks reports against the models of their devices' products, before they share a request with others. Belongs to the poll
 * thread.
 */
public final class ModelCheck {

    /** Products that were found by a regular expression are kept for so many devices. */
    private static final int MOST_KEPT = 20_000;

    /** The result of a check. */
    public sealed interface Checked {

        /**
         * The report may be sent.
         *
         * @param services as they were given, or as the route's validation has them changed
         */
        record Fits(ArrayNode services) implements Checked {}

        /**
         * The report does not fit, or nothing of it does.
         *
         * @param detail the properties, the kinds of their values and the rules; never a value
         */
        record Violates(String detail) implements Checked {}
    }

    /** Receives what was found: the route, the rule's code, what was done, and how often. */
    @FunctionalInterface
    public interface Counts {
        void add(String route, String rule, String action, int times);
    }

    private final Function<DeviceId, @Nullable String> directory;
    private final Counts counts;
    private final Map<DeviceId, Optional<String>> kept = new HashMap<>();
    private final Supplier<LoadedModels> models;
    private Models keptOf = Models.NONE;

    /**
     * A check by the models in force at the time.
     *
     * @param directory the product that the directory names for a device, if any
     */
    public ModelCheck(Supplier<LoadedModels> models, Function<DeviceId, @Nullable String> directory, Counts counts) {
        this.models = models;
        this.directory = directory;
        this.counts = counts;
    }

    /** One without models, to which everything fits. */
    public static ModelCheck none() {
        return new ModelCheck(() -> LoadedModels.NONE, device -> null, (route, rule, action, times) -> {});
    }

    /**
     * Checks the services of one report.
     *
     * @param about the device that the report is about: for a child, the child
     * @param route the name of its route
     * @param services entries with {@code service_id} and {@code properties}; they are not changed
     */
    public Checked check(DeviceId about, String route, ArrayNode services) {
        Models current = models.get().models();
        Models.@Nullable Choice choice = current.routes().get(route);
        if (choice == null || choice.validation() == Validation.OFF) {
            return new Checked.Fits(services);
        }
        Product product = product(current, choice, about);
        if (product == null) {
            counts.add(route, Rule.NO_MODEL.code(), Tally.Action.WARNED.code(), 1);
            return new Checked.Fits(services);
        }
        Examination examination = new Examination(product, choice.validation());
        ArrayNode fitting = examination.examine(services);
        List<Finding> violations = examination.violations();
        boolean rejected = !violations.isEmpty() && (choice.validation() != Validation.STRIP || fitting.isEmpty());
        examination.count((rule, action, times) -> counts.add(route, rule.code(), action.code(), times), rejected);
        return rejected ? new Checked.Violates(examination.detail()) : new Checked.Fits(fitting);
    }

    /** The nearest says most: the directory of the device, then the device's ID, then the route. */
    private @Nullable Product product(Models current, Models.Choice choice, DeviceId about) {
        String named = directory.apply(about);
        if (named == null && !current.devices().isEmpty()) {
            named = (current.hasPatterns() ? kept(current, about) : current.productOf(about.value())).orElse(null);
        }
        String id = named == null ? choice.product() : named;
        return id == null ? null : current.products().get(id);
    }

    @SuppressWarnings("ReferenceEquality") // models are replaced as a whole
    private Optional<String> kept(Models current, DeviceId about) {
        if (keptOf != current) {
            keptOf = current;
            kept.clear();
        }
        Optional<String> known = kept.get(about);
        if (known != null) {
            return known;
        }
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        Optional<String> found = current.productOf(about.value());
        kept.put(about, found);
        return found;
    }
}
