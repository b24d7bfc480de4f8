package io.iotdarelay.pauses;

import io.iotdarelay.kafka.CompactedTopic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Takes orders to pause and to resume, and owns the threads that read and write them. Callable from any thread; nothing here waits. */
public final class PauseOrders implements AutoCloseable {

    private final PausesInForce pauses;
    private final PauseTopic reader;
    private final PauseStore store;
    private final CompactedTopic following;
    private final InstantSource wall;
    private final Supplier<String> ids;

    /**
     * The topic is read from now on.
     *
     * @param ids tell pauses apart
     */
    PauseOrders(
            PausesInForce pauses,
            PauseTopic reader,
            PauseStore store,
            CompactedTopic following,
            InstantSource wall,
            Supplier<String> ids) {
        this.pauses = pauses;
        this.reader = reader;
        this.store = store;
        this.following = following;
        this.wall = wall;
        this.ids = ids;
        Thread.ofPlatform().name("relay-pauses-read").daemon().start(following);
    }

    /** Why what is known may not be all, if so. */
    public Optional<String> trouble() {
        return reader.trouble();
    }

    /** The pause of a target, if it is in force. */
    public Optional<OperatorPause> of(PauseTarget target) {
        return pauses.get(target);
    }

    /**
     * Pauses; a pause of the same target is replaced.
     *
     * @param lasting for how long; until it is resumed, if empty
     */
    public CompletableFuture<Order> pause(PauseTarget target, String reason, String by, Optional<Duration> lasting) {
        Instant now = wall.instant().truncatedTo(ChronoUnit.MILLIS);
        return store.pause(new OperatorPause(target, ids.get(), reason, by, now, lasting.map(now::plus)));
    }

    /** Ends the pause of a target, and no other one. */
    public CompletableFuture<Order> resume(PauseTarget target) {
        return store.resume(target);
    }

    @Override
    public void close() {
        following.stop();
        store.close();
    }
}
