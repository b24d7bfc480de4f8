package io.iotdarelay.appside;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A device to create. ID and secret are chosen by who creates it, so the same request may be made again after an answer was lost.
 *
 * @param nodeId 1 to 64 letters, digits, {@code _} and {@code -}
 * @param productId 1 to 36 of the same
 * @param name at most 256 characters
 * @param secret 8 to 32 letters, digits, {@code _} and {@code -}
 * @param gateway a gateway that exists, if it is behind one
 */
public record NewDevice(
        DeviceId id,
        String nodeId,
        String productId,
        Optional<String> name,
        DeviceSecret secret,
        Optional<DeviceId> gateway) {

    /** The most characters of a name. */
    public static final int MAX_NAME = 256;

    /** As many bytes as 32 characters of base64 are. */
    private static final int SECRET_BYTES = 24;

    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern PRODUCT_ID = Pattern.compile("[A-Za-z0-9_-]{1,36}");
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{8,32}");

    public NewDevice {
        require(isNodeId(nodeId), "a node ID has 1 to 64 letters, digits, '_' or '-'");
        require(isProductId(productId), "a product ID has 1 to 36 letters, digits, '_' or '-'");
        require(name.orElse("").length() <= MAX_NAME, "a device's name has at most 256 characters");
        require(isSecret(secret.value()), "a new secret has 8 to 32 letters, digits, '_' or '-'");
    }

    public static boolean isNodeId(String value) {
        return NODE_ID.matcher(value).matches();
    }

    public static boolean isProductId(String value) {
        return PRODUCT_ID.matcher(value).matches();
    }

    /** Whether the platform would take it as a new secret. */
    public static boolean isSecret(String value) {
        return SECRET.matcher(value).matches();
    }

    /** Makes a secret that nobody can guess: 32 characters that the platform takes, with 192 random bits. */
    public static DeviceSecret secret(SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return new DeviceSecret(Base64.getUrlEncoder().encode(bytes));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
