package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A device's entry in the directory.
 *
 * @param secret its secret; a child device needs none
 * @param gateway the gateway that carries its reports, for a child device
 * @param product the ID of its product, where the directory names one
 * @param node what records call the device, where that is not its ID
 * @param group whose it is, where the directory says so: routes may be limited to a group
 * @param barrier why the platform does not let it in, where it has said so itself
 */
public record DirectoryEntry(
        DeviceId device,
        @Nullable DeviceSecret secret,
        @Nullable DeviceId gateway,
        @Nullable String product,
        @Nullable DeviceId node,
        @Nullable String group,
        @Nullable Barrier barrier) {

    /** Why a device cannot authenticate, whatever its secret is. */
    public enum Barrier {
        FROZEN("the device is frozen on the platform"),
        CERTIFICATES("on the platform, the device authenticates with a certificate, and not with a secret");

        private final String meaning;

        Barrier(String meaning) {
            this.meaning = meaning;
        }

        public String meaning() {
            return meaning;
        }
    }

    /** What a product ID is on the platform. */
    private static final Pattern PRODUCT = Pattern.compile("[A-Za-z0-9_-]{1,36}");

    private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** What a device takes beyond the characters of its names and its secret, in bytes of heap. */
    private static final long OVERHEAD = 250;

    /** The same for a node. */
    private static final int OVERHEAD_OF_NODE = 120;

    public DirectoryEntry {
        if (secret == null && gateway == null && barrier == null) {
            throw new IllegalArgumentException("a device needs a secret, or a gateway");
        }
    }

    /** An entry that names neither product, node nor group. */
    public DirectoryEntry(DeviceId device, @Nullable DeviceSecret secret, @Nullable DeviceId gateway) {
        this(device, secret, gateway, null, null, null);
    }

    /** An entry without a barrier. */
    public DirectoryEntry(
            DeviceId device,
            @Nullable DeviceSecret secret,
            @Nullable DeviceId gateway,
            @Nullable String product,
            @Nullable DeviceId node,
            @Nullable String group) {
        this(device, secret, gateway, product, node, group, null);
    }

    /** The same with another secret. */
    public DirectoryEntry with(DeviceSecret other) {
        return new DirectoryEntry(device, other, gateway, product, node, group, barrier);
    }

    /** Whether this can be the ID of a product on the platform. */
    public static boolean isProduct(String id) {
        return PRODUCT.matcher(id).matches();
    }

    /** Whether this can be a group, as routes name it. */
    static boolean isGroup(String name) {
        return GROUP.matcher(name).matches();
    }

    /** The device's credentials, if it has a secret. */
    public Optional<DeviceCredentials> credentials() {
        return secret == null ? Optional.empty() : Optional.of(new DeviceCredentials(device, secret));
    }

    /** About how much heap it takes, in bytes. */
    long size() {
        return OVERHEAD
                + device.value().length()
                + (secret == null ? 0 : secret.utf8().length)
                + (gateway == null ? 0 : gateway.value().length())
                + (node == null ? 0 : OVERHEAD_OF_NODE + node.value().length());
    }
}
