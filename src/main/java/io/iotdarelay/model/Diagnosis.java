package io.iotdarelay.model;

import io.iotdarelay.settings.Suggestion;
import io.iotdarelay.telemetry.DeviceId;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Why the platform may have discarded what a report said, as far as the models tell. It names places, kinds and rules, never a value. By
 * the models in force at the time, whatever the routes' validation is; any thread.
 */
public final class Diagnosis {

    private static final int LONGEST_NAME = 64;
    private static final int MOST_COMPARED = 100;

    private final Supplier<LoadedModels> models;
    private final Function<DeviceId, @Nullable String> directory;

    /**
     * Diagnoses by these models.
     *
     * @param directory the product that the directory names for a device, if any
     */
    public Diagnosis(Supplier<LoadedModels> models, Function<DeviceId, @Nullable String> directory) {
        this.models = models;
        this.directory = directory;
    }

    /** The product of a device as far as it is known, whether or not there is a model of it. */
    public Optional<String> productOf(DeviceId about, String route) {
        return productOf(models.get().models(), about, route);
    }

    private Optional<String> productOf(Models current, DeviceId about, String route) {
        return Optional.ofNullable(directory.apply(about))
                .or(() -> current.productOf(about.value()))
                .or(() -> Optional.ofNullable(current.routes().get(route)).map(Models.Choice::product));
    }

    /**
     * The likely reason why a property of a report is not on the platform.
     *
     * @param services the entries of the whole report: the platform may discard what comes with something that does not fit
     */
    public String of(DeviceId about, String route, ArrayNode services, String service, String property) {
        Models current = models.get().models();
        if (current.products().isEmpty()) {
            return "the relay has no product model (relay.models), or none yet: compare with the model in the console";
        }
        Optional<String> id = productOf(current, about, route);
        if (id.isEmpty()) {
            return "the relay does not know the device's product, so no model says why";
        }
        Product product = current.products().get(id.get());
        if (product == null) {
            return "the relay has no model of product " + id.get();
        }
        String model = "the model of product " + product.id();
        String own = null;
        String others = null;
        for (JsonNode entry : services) {
            String entryService = entry.path("service_id").asString("");
            for (String name : entry.path("properties").propertyNames()) {
                boolean isOwn = entryService.equals(service) && name.equals(property);
                if (isOwn ? own == null : others == null) {
                    String wrong = wrong(
                            product,
                            entryService,
                            name,
                            entry.path("properties").path(name));
                    own = isOwn ? wrong : own;
                    others = isOwn ? others : wrong;
                }
            }
        }
        if (own != null) {
            return model + ' ' + own;
        }
        return others == null
                ? "it fits " + model
                        + " that the relay has: that of the platform may be another one, or the report shared a request with"
                        + " another one that does not fit"
                : "it fits " + model
                        + ", but what the platform got with it does not, and may have taken it along: the model "
                        + others;
    }

    /** What the model says against one value; nothing if it fits. */
    private static @Nullable String wrong(Product product, String serviceId, String name, JsonNode value) {
        Service service = product.services().get(serviceId);
        if (service == null) {
            return "has no service '" + shown(serviceId) + "'"
                    + alike(serviceId, product.services().keySet());
        }
        Property property = service.properties().get(name);
        if (property == null) {
            return "has no such property: '" + shown(name) + "' of service " + service.id()
                    + alike(name, service.properties().keySet());
        }
        Finding finding = property.discards(value);
        if (finding != null) {
            return "says of " + service.id() + '.' + finding.text();
        }
        return property.readable() ? null : "does not let devices report " + service.id() + '.' + name + " (method)";
    }

    private static String shown(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
    }

    private static String alike(String name, Set<String> names) {
        return name.length() > LONGEST_NAME || names.size() > MOST_COMPARED ? "" : Suggestion.among(name, names);
    }
}
