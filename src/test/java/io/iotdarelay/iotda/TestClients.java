package io.iotdarelay.iotda;

import io.iotdarelay.egress.Egress;
import io.iotdarelay.egress.ProxyProperties;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Clients of a platform, with short timeouts. */
record TestClients(
        String endpoint,
        @Nullable TrustManagerFactory trust,
        @Nullable ProxyProperties proxy,
        Optional<AddressResolverGroup<InetSocketAddress>> dns,
        Duration maxAge,
        int signType,
        Clock clock) {

    /** Directly, and with the JVM's trust. */
    static TestClients of(String endpoint) {
        return new TestClients(
                endpoint, null, null, Optional.empty(), Duration.ofMinutes(10), 0, Clock.system(ZoneOffset.UTC));
    }

    TestClients trusting(String authority) {
        return trusting(TrustIn.authority(authority));
    }

    TestClients trusting(TrustManagerFactory others) {
        return new TestClients(endpoint, others, proxy, dns, maxAge, signType, clock);
    }

    TestClients through(ProxyProperties other) {
        return new TestClients(endpoint, trust, other, dns, maxAge, signType, clock);
    }

    TestClients resolving(AddressResolverGroup<InetSocketAddress> names) {
        return new TestClients(endpoint, trust, proxy, Optional.of(names), maxAge, signType, clock);
    }

    TestClients maxAge(Duration other) {
        return new TestClients(endpoint, trust, proxy, dns, other, signType, clock);
    }

    TestClients signing(int type, Clock at) {
        return new TestClients(endpoint, trust, proxy, dns, maxAge, type, at);
    }

    /** Starts them, on one event loop. */
    IotdaClients start() {
        IotdaProperties properties = properties();
        return new IotdaClients(
                properties,
                egress(properties),
                1,
                trust,
                new RequestMeters(new SimpleMeterRegistry()),
                Tracing.OFF,
                clock,
                System::nanoTime);
    }

    private Egress egress(IotdaProperties properties) {
        return dns.map(names ->
                        new Egress(properties.origin(), proxy, "relay.iotda", properties.connectTimeout(), () -> names))
                .orElseGet(() -> new Egress(properties.origin(), proxy, "relay.iotda", properties.connectTimeout()));
    }

    private IotdaProperties properties() {
        return new IotdaProperties(
                URI.create(endpoint),
                null,
                signType,
                Duration.ofSeconds(2),
                Duration.ofMillis(1500),
                Duration.ofSeconds(15),
                maxAge,
                4,
                proxy);
    }

    /** A proxy on this machine without credentials. */
    static ProxyProperties proxy(ProxyProperties.Protocol type, int port) {
        return new ProxyProperties(type, "127.0.0.1", port, null, null, null, List.of());
    }
}
