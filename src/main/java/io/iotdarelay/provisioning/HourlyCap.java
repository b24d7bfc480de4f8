package io.iotdarelay.provisioning;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;

/** How many devices may be created in any 60 minutes. It knows nothing of the time before it was made. Belongs to one thread. */
final class HourlyCap {

    private static final Duration HOUR = Duration.ofHours(1);

    /** One that was taken. No two are the same. */
    static final class Slot {
        private final Instant ends;

        private Slot(Instant ends) {
            this.ends = ends;
        }
    }

    private final SequencedSet<Slot> taken = new LinkedHashSet<>();

    /** A slot, if one more may be created now. It counts from now on. */
    Optional<Slot> tryTake(int most, Instant now) {
        clear(now);
        if (taken.size() >= most) {
            return Optional.empty();
        }
        Slot slot = new Slot(now.plus(HOUR));
        taken.addLast(slot);
        return Optional.of(slot);
    }

    /** It was not created after all. */
    void giveBack(Slot slot) {
        taken.remove(slot);
    }

    /** Whether the slot still counts. */
    boolean holds(Slot slot, Instant now) {
        clear(now);
        return taken.contains(slot);
    }

    /** How many slots count. */
    int size() {
        return taken.size();
    }

    /** How long it takes until the next one is free, if none is given back. */
    Duration untilNext(Instant now) {
        clear(now);
        return taken.isEmpty() ? Duration.ZERO : Duration.between(now, taken.getFirst().ends);
    }

    private void clear(Instant now) {
        while (!taken.isEmpty() && !now.isBefore(taken.getFirst().ends)) {
            taken.removeFirst();
        }
    }
}
