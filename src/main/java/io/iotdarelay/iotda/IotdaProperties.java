package io.iotdarelay.iotda;

import io.iotdarelay.egress.Origin;
import io.iotdarelay.egress.ProxyProperties;
import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.Requirements;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The platform.
 *
 * @param endpoint the device-side HTTPS address of the IoTDA instance, for example
 *     {@code https://PREFIX.st1.iotda-device.REGION.myhuaweicloud.com}: scheme {@code https}, a host, and optionally a
 *     port, nothing else. The console shows it under Access Details, row HTTPS. Required.
 * @param sslBundle the name of a {@code spring.ssl.bundle} whose trust store is used. Without it the JVM's own is used, which
 *     contains the public roots of the platform's certificates. With the bundle's {@code reload-on-update} it may change
 *     while the relay runs.
 * @param signType 0: the platform does not compare the timestamp in the authentication with its own clock; 1: it does, and
 *     this machine's clock must be correct.
 * @param connectTimeout how long resolving a name may take, and then establishing a connection, proxy and TLS included.
 * @param responseTimeout how long the response may take, from sending the request to its last byte. It must be
 *     shorter than {@code relay.source.drain-timeout}, so that a drain can wait for responses.
 * @param connectionMaxIdle how long an unused connection is kept. It should be shorter than the idle timeout of any
 *     server or load balancer on the way (commonly 20 s to 75 s).
 * @param connectionMaxAge how long a connection is used. Then it is closed, when its request is done, and the next one asks DNS
 *     anew: so the relay follows when the platform's addresses change. Some are closed up to a tenth earlier, so that not all are at
 *     once.
 * @param maxConnections connections to the platform, over all event loops. Those beyond
 *     {@code relay.lane.max-in-flight-requests} are for requests that take longer than two seconds, which no longer count against
 *     that limit.
 * @param proxy the proxy on the way, if there is one.
 */
@ConfigurationProperties("relay.iotda")
public record IotdaProperties(
        @Nullable URI endpoint,
        @Nullable String sslBundle,
        @Between(least = "0", most = "1") @DefaultValue("0") int signType,

        @Between(least = "100ms", most = "1m") @DefaultValue("5s")
        Duration connectTimeout,

        @Between(least = "100ms", most = "5m") @DefaultValue("15s")
        Duration responseTimeout,

        @Between(least = "1s", most = "10m") @DefaultValue("15s")
        Duration connectionMaxIdle,

        @Between(least = "1s", most = "24h") @DefaultValue("10m")
        Duration connectionMaxAge,

        @Between(least = "1", most = "65536") @DefaultValue("512")
        int maxConnections,

        @NestedConfigurationProperty @Nullable ProxyProperties proxy) {

    public IotdaProperties {
        new Requirements("relay.iotda")
                .that(endpoint != null, "endpoint", "is required: the device-side HTTPS address of the IoTDA instance")
                .that(
                        endpoint == null || Origin.isOne(endpoint),
                        "endpoint",
                        "'" + endpoint + "' must be https://HOST or https://HOST:PORT, with nothing after it")
                .and(proxy == null ? List.of() : proxy.problems("relay.iotda.proxy"))
                .check();
    }

    /** Where the platform is. */
    Origin origin() {
        return new Origin(Objects.requireNonNull(endpoint));
    }
}
