package io.iotdarelay.provisioning;

import io.iotdarelay.appside.Creation.Difference;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a device can be created, and whether one that is there already will do. Pure. */
final class Judgement {

    private static final int LONGEST_SHOWN = 64;

    private Judgement() {}

    /** Why the platform would not take what a record says; nothing if it would. */
    static Optional<String> problem(ProvisionRequest request) {
        if (!NewDevice.isProductId(request.productId())) {
            return Optional.of(
                    "'" + shown(request.productId()) + "' is no ID of a product (1 to 36 letters, digits, '_' or '-')");
        }
        if (!NewDevice.isNodeId(request.nodeId())) {
            return Optional.of("'" + shown(request.nodeId()) + "' is no node ID (1 to 64 letters, digits, '_' or '-')");
        }
        String name = request.name().orElse("");
        if (name.length() > NewDevice.MAX_NAME) {
            return Optional.of("its name has more than " + NewDevice.MAX_NAME + " characters");
        }
        if (name.chars().anyMatch(Character::isISOControl)
                || request.name().filter(String::isBlank).isPresent()) {
            return Optional.of("its name is blank or has control characters");
        }
        if (request.gateway().equals(Optional.of(request.device()))) {
            return Optional.of("it would be its own gateway");
        }
        return Optional.empty();
    }

    /** What records say is shown short, and on one line. */
    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }

    /**
     * Why a device that is there already is not the one that is wanted; nothing if it is, or would be behind another gateway.
     *
     * @param differences from the one that is wanted
     */
    static Optional<String> obstacle(ProvisionRequest request, Device there, List<Difference> differences) {
        return Optional.ofNullable(why(request, there, differences));
    }

    private static @Nullable String why(ProvisionRequest request, Device there, List<Difference> differences) {
        if (there.status() == Device.Status.FROZEN) {
            return "it exists, and is frozen";
        }
        if (differences.contains(Difference.PRODUCT)) {
            return "it exists, with the product " + there.productId() + " and not " + request.productId();
        }
        if (there.gateway().isPresent() != request.gateway().isPresent()) {
            return there.gateway()
                    .map(gateway -> "it exists, as a child of " + gateway)
                    .orElse("it exists, connected directly and not as a child of "
                            + request.gateway().map(DeviceId::value).orElse(""));
        }
        return there.gateway().isPresent() ? null : whyNotLetIn(there);
    }

    /** A child needs no secret: its gateway authenticates. */
    private static @Nullable String whyNotLetIn(Device there) {
        if (there.proof() == Device.Proof.CERTIFICATES) {
            return "it exists, and authenticates with a certificate";
        }
        return there.secret().or(there::secondarySecret).isEmpty()
                ? "it exists, and the platform does not show its secret"
                : null;
    }
}
