package io.iotdarelay.appside;

import io.iotdarelay.appside.PlatformProperties.Signing;
import io.iotdarelay.egress.ProxyProperties;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings of an application side, with short timeouts, and a pace that delays no test. */
record Configured(
        String endpoint,
        @Nullable String appId,
        @Nullable String instanceId,
        @Nullable String accessKeyFile,
        @Nullable String secretKeyFile,
        double rate,
        Duration responseTimeout,
        @Nullable ProxyProperties proxy) {

    static final String PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

    static Configured at(String endpoint) {
        return new Configured(endpoint, null, null, null, null, 1000, Duration.ofMillis(700), null);
    }

    Configured space(String app, String instance) {
        return new Configured(endpoint, app, instance, accessKeyFile, secretKeyFile, rate, responseTimeout, proxy);
    }

    Configured keyFiles(String id, String secret) {
        return new Configured(endpoint, appId, instanceId, id, secret, rate, responseTimeout, proxy);
    }

    Configured rate(double perSecond) {
        return new Configured(
                endpoint, appId, instanceId, accessKeyFile, secretKeyFile, perSecond, responseTimeout, proxy);
    }

    /** Waits for answers longer than a test. */
    Configured patient() {
        return new Configured(
                endpoint, appId, instanceId, accessKeyFile, secretKeyFile, rate, Duration.ofMinutes(1), proxy);
    }

    Configured through(ProxyProperties other) {
        return new Configured(endpoint, appId, instanceId, accessKeyFile, secretKeyFile, rate, responseTimeout, other);
    }

    PlatformProperties properties() {
        return new PlatformProperties(
                URI.create(endpoint),
                "cn-north-4",
                PROJECT,
                instanceId,
                appId,
                accessKeyFile == null ? "RELAYAK" : null,
                accessKeyFile,
                secretKeyFile == null ? "RelaySk" : null,
                secretKeyFile,
                Signing.AUTO,
                null,
                rate,
                Duration.ofSeconds(2),
                responseTimeout,
                proxy);
    }
}
