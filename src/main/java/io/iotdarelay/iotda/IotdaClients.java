package io.iotdarelay.iotda;

import io.iotdarelay.iotda.HttpIotdaClient.Connections;
import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Platform;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.platform.SizeLimit;
import io.iotdarelay.tracing.Tracing;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientSecurityUtils;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;

/** The clients, one per event loop, with their threads and connections. */
public final class IotdaClients implements Platform, AutoCloseable {

    private static final Duration EVICTION_INTERVAL = Duration.ofSeconds(5);

    /** How much sooner than its maximum age a connection may be replaced, in per cent, so that not all are at once. */
    private static final double AGE_VARIANCE = 10;

    private static final Duration CLOSE_QUIETLY = Duration.ZERO;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final List<LoopResources> threads = new ArrayList<>();
    private final List<ConnectionProvider> connections = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final Duration handshakeTimeout;
    private final Duration responseTimeout;
    private final int maxConnections;
    private final Handshake handshake;
    private volatile SslContext tls;

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
        this(properties, new Egress(properties), loops, trust, meters, tracing, clock, nanoTime);
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
        this.tls = tls(trust);
        this.handshakeTimeout = properties.connectTimeout();
        this.responseTimeout = properties.responseTimeout();
        this.maxConnections = properties.maxConnections();
        int count = Math.min(loops, properties.maxConnections());
        for (int i = 0; i < count; i++) {
            LoopResources thread = LoopResources.create("relay-loop-" + i, 1, true);
            ConnectionProvider pool = ConnectionProvider.builder("iotda-" + i)
                    .maxConnections(Platform.share(properties.maxConnections(), count, i))
                    .pendingAcquireMaxCount(-1)
                    .pendingAcquireTimeout(properties.connectTimeout())
                    .maxIdleTime(properties.connectionMaxIdle())
                    .maxLifeTime(properties.connectionMaxAge())
                    .maxLifeTimeVariance(AGE_VARIANCE)
                    .evictInBackground(EVICTION_INTERVAL)
                    .lifo()
                    .build();
            Connections plain = new Connections(
                    egress.via(http(pool, thread, properties)),
                    egress.via(http(ConnectionProvider.newConnection(), thread, properties)));
            threads.add(thread);
            connections.add(pool);
            HttpIotdaClient client = new HttpIotdaClient(
                    secure(plain, secured(tls)),
                    Schedulers.fromExecutorService(
                            thread.onClient(LoopResources.DEFAULT_NATIVE).next()),
                    properties,
                    egress.failures(),
                    meters,
                    tracing,
                    clock,
                    nanoTime);
            lines.add(new Line(plain, client));
        }
        this.handshake = new Handshake(
                properties,
                egress,
                threads.getFirst(),
                lines.getFirst().client().loop(),
                () -> secured(tls));
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
        tls = renewed;
        lines.forEach(line -> line.client().use(secure(line.plain(), secured(renewed))));
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
        connections.forEach(pool -> pool.disposeLater().block(CLOSE_TIMEOUT));
        threads.forEach(
                thread -> thread.disposeLater(CLOSE_QUIETLY, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT));
    }

    private static HttpClient http(ConnectionProvider pool, LoopResources thread, IotdaProperties properties) {
        return HttpClient.create(pool)
                .runOn(thread)
                .protocol(HttpProtocol.HTTP11)
                .followRedirect(false)
                .compress(false)
                .disableRetry(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        properties.connectTimeout().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .responseTimeout(properties.responseTimeout());
    }

    /** Connections are pooled by, among other things, the TLS that they were made with. */
    private static Connections secure(Connections plain, Consumer<SslProvider.SslContextSpec> tls) {
        return plain.map(http -> http.secure(tls));
    }

    private Consumer<SslProvider.SslContextSpec> secured(SslContext context) {
        return spec -> spec.sslContext(context)
                .handshakeTimeout(handshakeTimeout)
                .handlerConfigurator(HttpClientSecurityUtils.HOSTNAME_VERIFICATION_CONFIGURER);
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

    /** A client, with its parts except TLS. */
    private record Line(Connections plain, HttpIotdaClient client) {}
}
