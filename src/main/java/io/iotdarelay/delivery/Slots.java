package io.iotdarelay.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * How many requests may be under way; who comes later waits in line. Belongs to one event loop. It stands above the pool of
 * connections, so that the pool's own queue is never what holds requests back.
 *
 * <p>It starts slowly: with a few slots, and one more for each request that ends. A request needs a connection, and a hundred TLS
 * handshakes at once take a cold JVM so long that they time out together, which looks like an outage.
 */
final class Slots {

    private static final int FIRST = 16;

    private final Deque<Runnable> line = new ArrayDeque<>();
    private final int most;
    private int limit;
    private int taken;
    private boolean serving;

    Slots(int most) {
        this.most = most;
        this.limit = Math.min(FIRST, most);
    }

    /** Runs the task as soon as there is a slot for it, perhaps at once. The slot has to be released. */
    void acquire(Runnable task) {
        line.add(task);
        serve();
    }

    /** The same for a reactive chain. A slot that comes when nobody wants it any more goes back at once. */
    Mono<Slots> acquire() {
        return Mono.create(sink -> {
            AtomicBoolean cancelled = new AtomicBoolean();
            sink.onCancel(() -> cancelled.set(true));
            acquire(() -> {
                if (cancelled.get()) {
                    release();
                } else {
                    sink.success(this);
                }
            });
        });
    }

    void release() {
        taken--;
        limit = Math.min(limit + 1, most);
        serve();
    }

    /** Begins with few slots again: the connections are gone. */
    void startSlowly() {
        limit = Math.min(FIRST, most);
    }

    /** Not recursive: a task that gives its slot back at once must not deepen the stack. */
    private void serve() {
        if (serving) {
            return;
        }
        serving = true;
        try {
            while (taken < limit && !line.isEmpty()) {
                taken++;
                line.remove().run();
            }
        } finally {
            serving = false;
        }
    }
}
