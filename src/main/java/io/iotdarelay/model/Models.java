package io.iotdarelay.model;

import io.iotdarelay.settings.FileState;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All product models, who has them, and what is done with what does not fit.
 *
 * @param products the models by product ID; that of a product on the platform may not be known yet
 * @param files those that they were read from, as they were then
 * @param devices the products of devices by their IDs, in order
 * @param routes what the routes choose, by their names; nothing where no product is configured
 * @param warnings what is allowed, but probably a mistake
 */
record Models(
        Map<String, Product> products,
        Map<Path, FileState> files,
        List<DeviceRule> devices,
        Map<String, Choice> routes,
        List<String> warnings) {

    static final Models NONE = new Models(Map.of(), Map.of(), List.of(), Map.of(), List.of());

    /**
     * What a route chooses.
     *
     * @param product the product of devices that have no other
     */
    record Choice(Validation validation, @Nullable String product) {}

    Models {
        products = new LinkedHashMap<>(products);
        files = new LinkedHashMap<>(files);
        devices = List.copyOf(devices);
        routes = Map.copyOf(routes);
        warnings = List.copyOf(warnings);
    }

    /** Whether finding a product may take a while. */
    boolean hasPatterns() {
        for (DeviceRule rule : devices) {
            if (rule.pattern() != null) {
                return true;
            }
        }
        return false;
    }

    /** The product of a device by its ID. */
    Optional<String> productOf(String device) {
        for (DeviceRule rule : devices) {
            if (rule.isOf(device)) {
                return Optional.of(rule.product());
            }
        }
        return Optional.empty();
    }
}
