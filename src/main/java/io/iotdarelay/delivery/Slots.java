package io.iotdarelay.delivery;

import java.util.ArrayDeque;
import java.util.Deque;
import reactor.core.publisher.Mono;

/**
 * How many requests may be under way; who comes later waits in line. Belongs to one event loop. It stands above the pool of
 * connections, so that the pool's own queue is never what holds requests back.
 */
final class Slots {

    private final Deque<Runnable> line = new ArrayDeque<>();
    private int free;
    private boolean serving;

    Slots(int count) {
        this.free = count;
    }

    /** Runs the task as soon as there is a slot for it, perhaps at once. The slot has to be released. */
    void acquire(Runnable task) {
        line.add(task);
        serve();
    }

    /** The same for a reactive chain. */
    Mono<Slots> acquire() {
        return Mono.create(sink -> acquire(() -> sink.success(this)));
    }

    void release() {
        free++;
        serve();
    }

    /** Not recursive: a task that gives its slot back at once must not deepen the stack. */
    private void serve() {
        if (serving) {
            return;
        }
        serving = true;
        try {
            while (free > 0 && !line.isEmpty()) {
                free--;
                line.remove().run();
            }
        } finally {
            serving = false;
        }
    }
}
