package io.iotdarelay.source;

import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The group shares something, by its partitions.
 *
 * @param listener told on the poll thread which part is this instance's; before that it is nothing
 */
record Sharing(Consumer<ToDoubleFunction<Instant>> listener) {

    /**
     * What it needs while the loop runs, which closes it.
     *
     * @param group asks about the group
     */
    record Open(GroupWatch group, Consumer<ToDoubleFunction<Instant>> listener) implements AutoCloseable {

        @Override
        public void close() {
            listener.accept(Share.NOTHING);
            group.close();
        }
    }

    Open open(Consumers consumers) {
        return new Open(new GroupWatch(consumers.groupId(), consumers.admin(), consumers.admin()), listener);
    }
}
