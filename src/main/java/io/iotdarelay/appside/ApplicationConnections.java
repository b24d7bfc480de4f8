package io.iotdarelay.appside;

import io.iotdarelay.egress.Egress;
import io.iotdarelay.limits.CallBreaker;
import io.iotdarelay.limits.RateLimiter;
import io.iotdarelay.metrics.ApplicationMeters;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** The application side as the service and commands use it: its client, with its connections and their event loop. */
public final class ApplicationConnections implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final LoopResources thread = LoopResources.create("relay-platform", 1, true);
    private final HttpTransport transport;
    private final Pace pace;
    private final ApplicationClient client;

    /** Connects nothing yet. */
    public ApplicationConnections(
            PlatformProperties properties,
            @Nullable SslBundle bundle,
            CallBreaker breaker,
            ApplicationMeters meters,
            Clock clock,
            LongSupplier nanoTime) {
        Scheduler loop = Schedulers.fromExecutorService(
                thread.onClient(LoopResources.DEFAULT_NATIVE).next());
        Egress egress = new Egress(
                properties.origin(), properties.proxy(), PlatformProperties.KEY, properties.connectTimeout());
        this.transport = new HttpTransport(properties, egress, thread, bundle);
        this.pace = new Pace(
                new RateLimiter(properties.requestsPerSecond(), nanoTime),
                HttpTransport.MAX_CONNECTIONS,
                loop,
                breaker::isOpen,
                nanoTime);
        this.client = new ApplicationClient(
                properties,
                new AccessKeys(properties),
                new ApplicationClient.Tools(
                        transport, egress.failures(), pace, breaker, meters, loop, clock, nanoTime));
    }

    public ApplicationSide side() {
        return client;
    }

    /** Replaces trust and key from the next connection on. */
    void use(SslBundle renewed) {
        transport.use(renewed);
    }

    @Override
    public void close() {
        pace.close();
        try {
            transport.close();
        } finally {
            thread.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT);
        }
    }
}
