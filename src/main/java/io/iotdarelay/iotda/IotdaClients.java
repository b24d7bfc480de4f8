package io.iotdarelay.iotda;

import io.iotdarelay.egress.Egress;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Platform;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.tracing.Tracing;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** The clients, one per event loop, with their threads and connections. */
public final class IotdaClients implements Platform, AutoCloseable {

    private static final Duration CLOSE_QUIETLY = Duration.ZERO;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final List<LoopResources> threads = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final Duration responseTimeout;
    private final int maxConnections;
    private final Handshake handshake;

    /**
     * Starts the event loops. Nothing is connected before it is needed.
     *
     * @param loops how many event loops; never more than connections
     * @param trust the trust store; the JVM's if empty
     */
    public IotdaClients(
            IotdaProperties properties,
            int loops,
            @Nullable TrustManagerFactory trust,
            RequestMeters meters,
            Tracing tracing,
            Clock clock,
            LongSupplier nanoTime) {
        this(properties, egress(properties), loops, trust, meters, tracing, clock, nanoTime);
    }

    private static Egress egress(IotdaProperties properties) {
        return new Egress(properties.origin(), properties.proxy(), "relay.iotda", properties.connectTimeout());
    }

    /** The same with another way to the platform. */
    IotdaClients(
            IotdaProperties properties,
            Egress egress,
            int loops,
            @Nullable TrustManagerFactory trust,
            RequestMeters meters,
            Tracing tracing,
            Clock clock,
            LongSupplier nanoTime) {
        SslContext tls = tls(trust);
        this.responseTimeout = properties.responseTimeout();
        this.maxConnections = properties.maxConnections();
        int count = Math.min(loops, properties.maxConnections());
        for (int i = 0; i < count; i++) {
            LoopResources thread = LoopResources.create("relay-loop-" + i, 1, true);
            EventLoop loop = thread.onClient(LoopResources.DEFAULT_NATIVE).next();
            Connector connector = new Connector(properties, egress, thread, tls);
            ConnectionPool pool = new ConnectionPool(
                    connector,
                    new ConnectionPool.Bounds(
                            Platform.share(properties.maxConnections(), count, i),
                            properties.connectionMaxIdle(),
                            properties.connectionMaxAge()),
                    loop,
                    nanoTime);
            HttpIotdaClient client =
                    new HttpIotdaClient(loop, pool, properties, egress.failures(), meters, tracing, clock, nanoTime);
            threads.add(thread);
            lines.add(new Line(connector, pool, client));
        }
        this.handshake = new Handshake(
                properties,
                egress.failures(),
                lines.getFirst().connector(),
                lines.getFirst().client().loop());
    }

    @Override
    public List<PlatformClient> clients() {
        return lines.stream().<PlatformClient>map(Line::client).toList();
    }

    @Override
    public int maxConnections() {
        return maxConnections;
    }

    @Override
    public Duration responseTimeout() {
        return responseTimeout;
    }

    @Override
    public SizeLimit sizeLimit() {
        return RequestBody.LIMIT;
    }

    /**
     * Replaces the trust store from the next request on, which uses connections made with the new one; existing connections
     * finish their requests, get no more, and are closed like any that is idle.
     */
    public void trust(TrustManagerFactory trust) {
        SslContext renewed = tls(trust);
        lines.forEach(line -> {
            line.connector().use(renewed);
            line.client().loop().schedule(line.pool()::renew);
        });
    }

    /** One TLS handshake with the platform per subscription, with certificate and host name verified; emits the problem, if any. */
    public Mono<Optional<PlatformContact.Trouble>> handshake() {
        return handshake.attempt();
    }

    /** Makes the first contact with the platform, on the first event loop, with the trust store in use at that time. */
    PlatformContact contact(RandomGenerator random) {
        return new PlatformContact(
                handshake.attempt(), lines.getFirst().client().loop(), random);
    }

    @Override
    public void close() {
        lines.forEach(line -> Mono.fromRunnable(line.pool()::close)
                .subscribeOn(line.client().loop())
                .block(CLOSE_TIMEOUT));
        threads.forEach(
                thread -> thread.disposeLater(CLOSE_QUIETLY, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT));
    }

    private static SslContext tls(@Nullable TrustManagerFactory trust) {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(io.netty.handler.ssl.SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .trustManager(trust)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    /** What belongs to one event loop. */
    private record Line(Connector connector, ConnectionPool pool, HttpIotdaClient client) {}
}
