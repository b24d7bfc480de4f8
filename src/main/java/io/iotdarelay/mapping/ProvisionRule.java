package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says how the devices of a report are to be created, should nobody know them.
 *
 * @param route its name
 * @param device how the device is described that the report is about
 * @param gateway the same for the gateway of a child
 * @param speaksFor the devices for which the route may speak. An unknown name that is none of them may turn out to be one of them, so its
 *     report waits; but it is not created.
 */
record ProvisionRule(
        String route, Description device, @Nullable Description gateway, PermittedDevices speaksFor) {

    /** No field of a device is longer; of a hostile record no more is kept in memory. */
    private static final int LONGEST = 256;

    /**
     * How a device is described.
     *
     * @param ids matches the whole IDs of those that may be created
     * @param node the device's ID without
     * @param name none without
     */
    record Description(
            Pattern ids,
            ValueRule product,
            @Nullable ValueRule node,
            @Nullable ValueRule name) {

        Provision of(String route, DeviceId device, Optional<DeviceId> gateway, Scope scope) {
            if (!ids.matches(device.value())) {
                return new Provision.Impossible(
                        device, "its ID is none of those that the route creates (provision.ids)");
            }
            Result<Provision> made = text("product-id", product, scope)
                    .then(id -> node(device, scope)
                            .then(home -> name(scope)
                                    .then(called -> Result.found(
                                            new ProvisionRequest(route, device, id, home, called, gateway)))));
            return made.fold(provision -> provision, why -> new Provision.Impossible(device, why));
        }

        private Result<String> node(DeviceId device, Scope scope) {
            return node == null ? Result.found(device.value()) : text("node-id", node, scope);
        }

        private Result<Optional<String>> name(Scope scope) {
            if (name == null) {
                return Result.found(Optional.empty());
            }
            Result<String> found = text("name", name, scope);
            return name.optional() && found instanceof Result.Nothing
                    ? Result.found(Optional.empty())
                    : found.then(text -> Result.found(Optional.of(text)));
        }

        private static Result<String> text(String what, ValueRule rule, Scope scope) {
            return rule.value(scope)
                    .then(Scalars::text)
                    .then(text -> text.length() <= LONGEST
                            ? Result.found(text)
                            : Result.failed("it has more than " + LONGEST + " characters"))
                    .as("provision " + what);
        }
    }

    /** For the devices of a report. A route that creates children takes their gateways from the record. */
    List<Provision> of(Draft draft, Scope scope) {
        return switch (draft) {
            case Draft.Properties properties -> direct(properties.about(), scope);
            case Draft.Message message -> direct(message.about(), scope);
            case Draft.ChildProperties child -> child(child.about(), Objects.requireNonNull(child.gateway()), scope);
            case Draft.Unmappable ignored -> List.of();
            case Draft.Nothing ignored -> List.of();
        };
    }

    private Provision described(Description by, DeviceId which, Optional<DeviceId> through, Scope scope) {
        if (!speaksFor.permitId(which)) {
            return new Provision.Impossible(which, "the route may not speak for it (relay.routes[].devices)");
        }
        // The directory would name the gateway then, and so permit it.
        return through.map(speaksFor::permitId).orElse(true)
                ? by.of(route, which, through, scope)
                : new Provision.Impossible(which, "the route may not speak for its gateway (relay.routes[].devices)");
    }

    private List<Provision> direct(DeviceId about, Scope scope) {
        return List.of(described(device, about, Optional.empty(), scope));
    }

    private List<Provision> child(DeviceId about, DeviceId through, Scope scope) {
        Provision child = described(device, about, Optional.of(through), scope);
        return gateway == null ? List.of(child) : List.of(child, described(gateway, through, Optional.empty(), scope));
    }
}
