package io.iotdarelay.iotda;

import io.iotdarelay.egress.NetworkFailures;
import io.iotdarelay.egress.NetworkTrouble;
import io.iotdarelay.platform.PlatformContact;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.Connection;

/**
 * A connection to the platform as for a request, up to the end of the TLS handshake, with certificate and host name
 * verified. Then it is closed: nothing is sent.
 */
final class Handshake {

    private final Connector connector;
    private final NetworkFailures failures;
    private final Duration atMost;
    private final Scheduler loop;

    /** Connects nothing yet. */
    Handshake(IotdaProperties properties, NetworkFailures failures, Connector connector, Scheduler loop) {
        this.connector = connector;
        this.failures = failures;
        this.atMost = properties.connectTimeout().plus(properties.responseTimeout());
        this.loop = loop;
    }

    /** Makes one attempt, and emits the problem, if any. Never fails. */
    Mono<Optional<PlatformContact.Trouble>> attempt() {
        return connector
                .connect()
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
        NetworkTrouble trouble = failures.classify(failure);
        return new PlatformContact.Trouble(trouble.detail(), trouble.misconfigured());
    }
}
