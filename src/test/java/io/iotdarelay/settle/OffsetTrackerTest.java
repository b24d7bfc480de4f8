package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.testing.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OffsetTrackerTest {

    private static final Instant NOW = Instant.ofEpochMilli(1000);

    private final OffsetTracker tracker = new OffsetTracker();

    @Test
    void hasNothingToCommitAtFirst() {
        assertThat(tracker.committable()).isEmpty();
        assertThat(tracker.next()).isEmpty();
        assertThat(tracker.oldestBegan()).isEmpty();
        assertThat(tracker.inFlight()).isZero();
    }

    @Test
    void commitsNothingPastAGap() {
        begin(10, 11, 12);

        finish(11, 12);

        assertThat(tracker.committable()).hasValue(10);
        assertThat(tracker.inFlight()).isEqualTo(1);
        assertThat(tracker.window()).isEqualTo(3);
    }

    @Test
    void commitsUpToTheLowestUnfinished() {
        begin(10, 11, 12);

        finish(10);
        assertThat(tracker.committable()).hasValue(11);
        finish(12, 11);
        assertThat(tracker.committable()).hasValue(13);
        assertThat(tracker.window()).isZero();
    }

    @Test
    void doesNotWaitForOffsetsThatDoNotExist() {
        begin(10, 15, 1_000_000_000_000L);

        finish(1_000_000_000_000L, 10);
        assertThat(tracker.committable()).hasValue(15);
        finish(15);
        assertThat(tracker.committable()).hasValue(1_000_000_000_001L);
    }

    @Test
    void advancesToWhereKafkaIsKnownToBe() {
        begin(10);
        tracker.skipTo(20, OffsetTracker.NO_EPOCH);
        assertThat(tracker.committable()).hasValue(10);

        finish(10);
        assertThat(tracker.committable()).hasValue(20);
        assertThat(tracker.next()).hasValue(20);
        tracker.skipTo(15, OffsetTracker.NO_EPOCH);
        assertThat(tracker.committable()).hasValue(20);
        begin(20);
        assertThat(tracker.next()).hasValue(21);
    }

    @Test
    void knowsItsPlaceWithoutARecord() {
        tracker.skipTo(7, OffsetTracker.NO_EPOCH);

        assertThat(tracker.committable()).hasValue(7);
    }

    @Test
    void knowsWhenTheOldestBegan() {
        tracker.begin(1, 0, OffsetTracker.NO_EPOCH, Instant.ofEpochMilli(100));
        tracker.begin(2, 0, OffsetTracker.NO_EPOCH, Instant.ofEpochMilli(200));

        assertThat(tracker.oldestBegan()).hasValue(Instant.ofEpochMilli(100));
        finish(1);
        assertThat(tracker.oldestBegan()).hasValue(Instant.ofEpochMilli(200));
    }

    @Test
    void knowsTheOldestTimeStamp() {
        assertThat(tracker.oldestTimestamp()).isEmpty();

        begin(10, 11);

        assertThat(tracker.oldestTimestamp()).hasValue(100);
        finish(10);
        assertThat(tracker.oldestTimestamp()).hasValue(110);
    }

    @Test
    void knowsTheLeaderEpochToCommit() {
        assertThat(tracker.committableEpoch()).isEqualTo(OffsetTracker.NO_EPOCH);
        tracker.begin(10, 0, 3, NOW);
        tracker.begin(11, 0, 4, NOW);

        assertThat(tracker.committableEpoch()).isEqualTo(3);
        assertThat(tracker.newestEpoch()).isEqualTo(4);
        finish(10);
        assertThat(tracker.committableEpoch()).isEqualTo(4);
        finish(11);
        assertThat(tracker.committableEpoch()).isEqualTo(4);
        tracker.skipTo(12, 5);
        assertThat(tracker.committableEpoch()).isEqualTo(4);
        tracker.skipTo(13, 5);
        assertThat(tracker.committableEpoch()).isEqualTo(5);
    }

    @Test
    void refusesWhatCannotBe() {
        begin(10, 11, 14);
        finish(11);

        assertThatThrownBy(() -> begin(14)).hasMessage("offset 14 begins after 14");
        assertThatThrownBy(() -> finish(11)).hasMessageContaining("finished twice");
        assertThatThrownBy(() -> finish(9)).hasMessageContaining("not in flight");
        assertThatThrownBy(() -> finish(12)).hasMessageContaining("not in flight");
        assertThatThrownBy(() -> finish(13)).hasMessageContaining("not in flight");
        assertThatThrownBy(() -> finish(15)).hasMessageContaining("not in flight");
        assertThatThrownBy(() -> new OffsetTracker().finish(1)).hasMessageContaining("not in flight");
    }

    @Test
    void growsWithAStallAndShrinksAfterIt() {
        for (long offset = 0; offset < 100_000; offset++) {
            begin(offset);
        }
        for (long offset = 1; offset < 100_000; offset++) {
            finish(offset);
        }
        assertThat(tracker.window()).isEqualTo(100_000);
        assertThat(tracker.inFlight()).isEqualTo(1);
        assertThat(tracker.committable()).hasValue(0);

        finish(0);
        assertThat(tracker.committable()).hasValue(100_000);
        begin(100_000);
        finish(100_000);
        assertThat(tracker.committable()).hasValue(100_001);
    }

    /** Against a model that is too simple to be wrong. */
    @Test
    void behavesLikeASetOfUnfinishedOffsets() {
        Seeds.each(3000, random -> {
            OffsetTracker tested = new OffsetTracker();
            TreeSet<Long> unfinished = new TreeSet<>();
            List<Long> open = new ArrayList<>();
            List<Long> begun = new ArrayList<>();
            long next = random.nextInt(1000);
            OptionalLong end = OptionalLong.empty();
            for (int step = 0; step < 300; step++) {
                if (open.isEmpty() || random.nextInt(100) < 52) {
                    next += random.nextInt(10) == 0 ? random.nextInt(50) : 0;
                    tested.begin(next, next * 10, OffsetTracker.NO_EPOCH, NOW);
                    unfinished.add(next);
                    begun.add(next);
                    open.add(next);
                    next++;
                    end = OptionalLong.of(next);
                } else {
                    long finished = open.remove(random.nextInt(open.size()));
                    tested.finish(finished);
                    unfinished.remove(finished);
                }
                OptionalLong expected = unfinished.isEmpty() ? end : OptionalLong.of(unfinished.first());
                assertThat(tested.committable()).as("step %d", step).isEqualTo(expected);
                assertThat(tested.inFlight()).as("step %d", step).isEqualTo(unfinished.size());
                assertReports(tested, unfinished, begun, "step " + step);
            }
        });
    }

    /** Windows that grow and vanish, again and again, so that the ring wraps, doubles while it is not at its beginning, and shrinks. */
    @Test
    void behavesLikeASetForALongTime() {
        Seeds.each(60, random -> {
            OffsetTracker tested = new OffsetTracker();
            TreeSet<Long> unfinished = new TreeSet<>();
            List<Long> open = new ArrayList<>();
            List<Long> begun = new ArrayList<>();
            long next = 0;
            for (int phase = 0; phase < 12; phase++) {
                int beginsOf100 = random.nextBoolean() ? 50 : 10 + random.nextInt(85);
                begun.removeIf(offset -> !unfinished.isEmpty() && offset < unfinished.first());
                for (int step = 0; step < 2000; step++) {
                    if (open.isEmpty() || random.nextInt(100) < beginsOf100) {
                        next += random.nextInt(50) == 0 ? random.nextInt(5) : 0;
                        tested.begin(next, next * 10, OffsetTracker.NO_EPOCH, NOW.plusMillis(next));
                        unfinished.add(next);
                        begun.add(next);
                        open.add(next++);
                    } else {
                        int last = open.size() - 1;
                        int which = random.nextInt(3) == 0 ? random.nextInt(open.size()) : Math.min(1, last);
                        long finished = open.set(which, open.get(last));
                        open.remove(last);
                        tested.finish(finished);
                        unfinished.remove(finished);
                    }
                    assertThat(tested.committable()).hasValue(unfinished.isEmpty() ? next : unfinished.first());
                    assertThat(tested.inFlight()).isEqualTo(unfinished.size());
                }
                assertReports(tested, unfinished, begun, "phase " + phase);
                assertThat(tested.oldestBegan())
                        .isEqualTo(unfinished.stream().findFirst().map(NOW::plusMillis));
            }
        });
    }

    /** The commit's metadata matches what is finished beyond the committable offset. */
    private static void assertReports(OffsetTracker tested, SortedSet<Long> unfinished, List<Long> begun, String when) {
        if (unfinished.isEmpty()) {
            assertThat(tested.finishedBeyond(FinishedOffsets.NONE, 4096))
                    .as(when)
                    .isEmpty();
            return;
        }
        long first = unfinished.first();
        FinishedOffsets stored = FinishedOffsets.decode(first, tested.finishedBeyond(FinishedOffsets.NONE, 4096));
        int finishedBeyond = 0;
        for (long offset : begun) {
            boolean finished = offset > first && !unfinished.contains(offset);
            finishedBeyond += finished ? 1 : 0;
            if (stored.contains(offset) != finished) {
                throw new AssertionError(when + ": " + offset + " stored as " + stored.contains(offset));
            }
        }
        assertThat(stored.size()).as(when).isEqualTo(finishedBeyond);
        if (finishedBeyond > 0) {
            assertThat(stored.isConfirmedBy(first, first * 10)).as(when).isTrue();
        }
    }

    private void begin(long... offsets) {
        for (long offset : offsets) {
            tracker.begin(offset, offset * 10, OffsetTracker.NO_EPOCH, NOW);
        }
    }

    private void finish(long... offsets) {
        for (long offset : offsets) {
            tracker.finish(offset);
        }
    }
}
