package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.source.PollLoop;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Alive: the poll loop and the event loops turn. Nothing outside the process counts, or an outage would restart pods. */
final class LivenessIndicator extends AbstractHealthIndicator {

    /** Beyond the drain, a turn of the poll loop may contain a commit, and the closing of a broken consumer. */
    private static final Duration POLL_LOOP_MARGIN = Duration.ofSeconds(100);

    private static final Duration EVENT_LOOP_LIMIT = Duration.ofSeconds(30);

    private final PollLoop loop;
    private final Delivery delivery;
    private final Duration drainTimeout;
    private final Clock clock;

    LivenessIndicator(PollLoop loop, Delivery delivery, Duration drainTimeout, Clock clock) {
        super("liveness cannot be told");
        this.loop = loop;
        this.delivery = delivery;
        this.drainTimeout = drainTimeout;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Duration pollLoop = Duration.between(loop.status().turned(), clock.instant());
        Duration eventLoops = delivery.silence();
        boolean alive = pollLoop.compareTo(drainTimeout.plus(POLL_LOOP_MARGIN)) < 0
                && eventLoops.compareTo(EVENT_LOOP_LIMIT) < 0;
        (alive ? builder.up() : builder.down())
                .withDetail("pollLoopTurnedSecondsAgo", pollLoop.toSeconds())
                .withDetail("eventLoopsTurnedSecondsAgo", eventLoops.toSeconds());
    }
}
