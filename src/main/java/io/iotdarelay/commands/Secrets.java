package io.iotdarelay.commands;

import io.iotdarelay.telemetry.DeviceSecret;
import java.security.SecureRandom;
import java.util.Base64;

/** Secrets that nobody can guess. */
final class Secrets {

    /** 24 bytes are 32 characters, the most that a secret may have. */
    private static final int BYTES = 24;

    private final SecureRandom random = new SecureRandom();

    DeviceSecret next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new DeviceSecret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
