package io.iotdarelay.source;

import io.iotdarelay.source.SourceStatus.Loss;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that retention deleted unread, until an operator acknowledges them, or for 24 hours. They are kept in memory: a
 * restart forgets them, unlike the log and the counter that Prometheus has stored. Callable from any thread.
 */
final class Losses {

    private static final Logger log = LoggerFactory.getLogger(Losses.class);

    private static final Duration KEPT_FOR = Duration.ofHours(24);

    /** Beyond that the oldest are forgotten, long before memory matters. */
    private static final int MOST = 1000;

    private final InstantSource time;
    private final AtomicReference<List<Loss>> losses = new AtomicReference<>(List.of());

    /** Without any loss. */
    Losses(InstantSource time) {
        this.time = time;
    }

    /** The unacknowledged ones, the oldest first. */
    List<Loss> open() {
        return losses.get().stream()
                .filter(loss -> time.instant().isBefore(loss.noticedAt().plus(KEPT_FOR)))
                .toList();
    }

    /**
     * An operator acknowledges those of a partition.
     *
     * @return whether there were any
     */
    boolean acknowledge(String topic, int partition) {
        List<Loss> before = losses.getAndUpdate(all -> all.stream()
                .filter(loss -> !(loss.topic().equals(topic) && loss.partition() == partition))
                .toList());
        return before.stream().anyMatch(loss -> loss.topic().equals(topic) && loss.partition() == partition);
    }

    void add(Loss loss) {
        log.atError()
                .addKeyValue("topic", loss.topic())
                .addKeyValue("partition", loss.partition())
                .addKeyValue("from", loss.from())
                .addKeyValue("to", loss.to() - 1)
                .addKeyValue("records", loss.count())
                .log("Records are lost: retention deleted them before they were read");
        losses.updateAndGet(all -> {
            List<Loss> more = new ArrayList<>(all.subList(Math.max(0, all.size() + 1 - MOST), all.size()));
            more.add(loss);
            return List.copyOf(more);
        });
    }
}
