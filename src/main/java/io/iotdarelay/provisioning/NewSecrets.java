package io.iotdarelay.provisioning;

import io.iotdarelay.telemetry.DeviceSecret;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;

/** Makes secrets for new devices: 32 characters that the platform takes, with 192 random bits. */
record NewSecrets(SecureRandom random) implements Supplier<DeviceSecret> {

    /** As many bytes as 32 characters of base64 are. */
    private static final int BYTES = 24;

    @Override
    public DeviceSecret get() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new DeviceSecret(Base64.getUrlEncoder().encode(bytes));
    }
}
