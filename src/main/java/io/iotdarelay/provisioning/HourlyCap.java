package io.iotdarelay.provisioning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many devices may be created in any 60 minutes. It knows nothing of the time before it was made. Belongs to one thread. */
final class HourlyCap {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Deque<Instant> taken = new ArrayDeque<>();

    /** Whether one more may be created now. It counts from now on. */
    boolean tryTake(int most, Instant now) {
        while (!taken.isEmpty() && !now.isBefore(taken.getFirst().plus(HOUR))) {
            taken.removeFirst();
        }
        if (taken.size() >= most) {
            return false;
        }
        taken.addLast(now);
        return true;
    }

    /** One was not created after all. */
    void giveBack() {
        taken.pollLast();
    }
}
