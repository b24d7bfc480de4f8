package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks up devices. Callable from any thread; never blocks. */
public interface DeviceDirectory {

    Optional<DirectoryEntry> find(DeviceId device);

    /** The device that records call by this name, where that is not its ID. */
    default Optional<DeviceId> deviceOfNode(DeviceId node) {
        return Optional.empty();
    }

    /** Where the entry of a device comes from, in one word; empty if it is not known. */
    default String sourceOf(DeviceId device) {
        return "";
    }

    /** Whether the directory has been read completely at least once. Before that, no device counts as unknown. */
    boolean isLoaded();

    DirectoryStatus status();

    /** Whether a name that is no device's ID may still turn out to be a device's, when it is asked for. */
    default boolean mayBeNamedByNode() {
        return false;
    }

    /** Somebody waits for a device that is not found: asks for it where that is possible, and tells what is to be expected. */
    default Outlook want(Want want) {
        return Outlook.NONE;
    }

    /**
     * A record names another gateway for a child that is known than the directory does: has the child moved on the platform where that is
     * possible. May be called again to hear whether it still takes.
     *
     * @param route as in {@link Want}
     */
    default Outlook move(ProvisionRequest child, String route) {
        return Outlook.NONE;
    }

    /** The platform refused a report of a child: it may be behind another gateway by now. */
    default void childRejected(DeviceId child) {}

    /** The platform refused these credentials at an authentication. May be called again to hear whether an answer has come. */
    default Remedy refused(DeviceCredentials credentials) {
        return Remedy.NONE;
    }

    /** The platform accepted these credentials. */
    default void accepted(DeviceCredentials credentials) {}

    /** A device's credentials; empty if it is unknown, or has no secret. */
    default Optional<DeviceCredentials> credentials(DeviceId device) {
        return find(device).flatMap(DirectoryEntry::credentials);
    }

    /** The product that the directory names for a device, if any. */
    default @Nullable String productOf(DeviceId device) {
        return find(device).map(DirectoryEntry::product).orElse(null);
    }

    /** The ID of a device that a record names: by its ID, or by its node. What is unknown stays as it is. */
    default DeviceId named(DeviceId name) {
        Optional<DeviceId> byNode = deviceOfNode(name);
        return byNode.isEmpty() || find(name).isPresent() ? name : byNode.get();
    }

    /** The gateway of a child; empty if the child is unknown, or has none. */
    default Optional<DeviceId> gatewayOf(DeviceId child) {
        return find(child).map(DirectoryEntry::gateway);
    }
}
