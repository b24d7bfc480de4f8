package io.iotdarelay.operate;

import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.pipeline.RelayLifecycle;
import io.iotdarelay.source.PollLoop;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Live: the poll loop and the event loops are running. Nothing outside the process counts, or an outage would restart pods.
 */
final class LivenessIndicator extends AbstractHealthIndicator {

    /** A turn of the poll loop may contain a commit, and the closing of a broken consumer, at 10 seconds each. */
    private static final Duration POLL_LOOP_LIMIT = Duration.ofSeconds(90);

    private static final Duration EVENT_LOOP_LIMIT = Duration.ofSeconds(30);

    private final PollLoop loop;
    private final RelayLifecycle lifecycle;
    private final Delivery delivery;

    LivenessIndicator(PollLoop loop, RelayLifecycle lifecycle, Delivery delivery) {
        super("liveness cannot be determined");
        this.loop = loop;
        this.lifecycle = lifecycle;
        this.delivery = delivery;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Duration pollLoop = loop.silence();
        Duration eventLoops = delivery.silence();
        boolean alive = !lifecycle.isDead()
                && pollLoop.compareTo(POLL_LOOP_LIMIT) < 0
                && eventLoops.compareTo(EVENT_LOOP_LIMIT) < 0;
        (alive ? builder.up() : builder.down())
                .withDetail("pollLoop", lifecycle.isDead() ? "dead" : "running")
                .withDetail("pollLoopTurnedSecondsAgo", pollLoop.toSeconds())
                .withDetail("eventLoopsTurnedSecondsAgo", eventLoops.toSeconds());
    }
}
