package io.iotdarelay.iotda;

import io.iotdarelay.platform.PlatformContact;
import io.iotdarelay.platform.Verdict;
import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpClient;

/**
 * A connection to the platform as for a request, up to the end of the TLS handshake, with certificate and host name
 * verified. Then it is closed: nothing is sent.
 */
final class Handshake {

    private static final int HTTPS_PORT = 443;

    private final TcpClient tcp;
    private final NetworkFailures failures;
    private final Duration atMost;
    private final Supplier<Consumer<SslProvider.SslContextSpec>> tls;
    private final Scheduler loop;

    /**
     * Connects nothing yet.
     *
     * @param tls as it is in use at the time of an attempt
     */
    Handshake(
            IotdaProperties properties,
            Egress egress,
            LoopResources thread,
            Scheduler loop,
            Supplier<Consumer<SslProvider.SslContextSpec>> tls) {
        URI server = URI.create(properties.origin());
        this.tcp = egress.via(TcpClient.create(ConnectionProvider.newConnection())
                .runOn(thread)
                .host(server.getHost())
                .port(server.getPort() < 0 ? HTTPS_PORT : server.getPort())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        properties.connectTimeout().toMillis()));
        this.failures = egress.failures();
        this.atMost = properties.connectTimeout().plus(properties.responseTimeout());
        this.tls = tls;
        this.loop = loop;
    }

    /** Makes one attempt, and emits the problem, if any. Never fails. */
    Mono<Optional<PlatformContact.Trouble>> attempt() {
        return Mono.defer(() -> tcp.secure(tls.get()).connect())
                .doOnNext(Connection::dispose)
                .<Optional<PlatformContact.Trouble>>map(reached -> Optional.empty())
                .timeout(atMost, loop)
                .onErrorResume(failure -> Mono.just(Optional.of(trouble(failure))))
                .publishOn(loop);
    }

    private PlatformContact.Trouble trouble(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new PlatformContact.Trouble(
                    "no answer within " + atMost.toSeconds() + " s" + failures.onTheWay(), false);
        }
        Verdict verdict = failures.classify(failure);
        return new PlatformContact.Trouble(verdict.describe(), verdict instanceof Verdict.Misconfigured);
    }
}
