package io.iotdarelay.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class ConcurrencyLimitTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    /** A limit whose slots are closed in the order in which they were taken. */
    private final class Limit {
        private final ConcurrencyLimit limit;
        private final Deque<ConcurrencyLimit.Slot> taken = new ArrayDeque<>();

        Limit(int most) {
            this(most, 0);
        }

        Limit(int most, int mostOverdue) {
            limit = new ConcurrencyLimit(most, new StaticLimit(most), mostOverdue, clock::nanoTime);
        }

        void acquire(Runnable task) {
            Disposable unused = acquire(false, task);
        }

        Disposable acquire(boolean failing, Runnable task) {
            return limit.acquire(failing, slot -> {
                taken.add(slot);
                task.run();
            });
        }

        void release() {
            release(true);
        }

        void release(boolean succeeded) {
            taken.remove().close(succeeded ? RequestEnd.ACCEPTED : RequestEnd.FAILED);
        }

        void startSlowly() {
            limit.startSlowly();
        }
    }

    @Test
    void letsSoManyGoAndTheRestInTurn() {
        Limit slots = new Limit(2);
        List<Integer> gone = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            slots.acquire(() -> gone.add(number));
        }

        assertThat(gone).containsExactly(0, 1);
        slots.release();
        assertThat(gone).containsExactly(0, 1, 2);
        slots.release();
        slots.release();
        assertThat(gone).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void startsSlowlyAndGrowsWithEachRequestThatEnds() {
        Limit slots = new Limit(100);
        AtomicInteger gone = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            slots.acquire(gone::incrementAndGet);
        }

        assertThat(gone).hasValue(16);
        slots.release();
        assertThat(gone).hasValue(18);
        for (int i = 0; i < 83; i++) {
            slots.release();
        }
        assertThat(gone).hasValue(16 + 2 * 84);
        slots.release();
        assertThat(gone).hasValue(16 + 2 * 84 + 1);
    }

    @Test
    void startsSlowlyAgain() {
        Limit slots = new Limit(100);
        AtomicInteger gone = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            slots.acquire(gone::incrementAndGet);
        }
        slots.release();
        slots.release();
        assertThat(gone).hasValue(20);

        slots.startSlowly();
        slots.release();

        assertThat(gone).hasValue(20);
        slots.release();
        assertThat(gone).hasValue(22);
    }

    @Test
    void doesNotDeepenTheStack() {
        Limit slots = new Limit(1);
        AtomicInteger gone = new AtomicInteger();
        slots.acquire(() -> {});
        for (int i = 0; i < 100_000; i++) {
            slots.acquire(() -> {
                gone.incrementAndGet();
                slots.release();
            });
        }

        slots.release();

        assertThat(gone).hasValue(100_000);
    }

    @Test
    void devicesThatFailGetATenthAndGoBehindTheOthers() {
        Limit slots = new Limit(10);
        List<String> gone = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Disposable unused = slots.acquire(true, () -> gone.add("failing"));
        }
        assertThat(gone).containsExactly("failing");
        for (int i = 0; i < 9; i++) {
            slots.acquire(() -> gone.add("good"));
        }

        assertThat(gone).hasSize(10);
        slots.release(false);
        assertThat(gone).hasSize(10);
        slots.release();
        assertThat(gone).hasSize(11).endsWith("failing");
    }

    @Test
    void theirShareGrowsWithEachThatRecoversAndIsSmallAgainAfterAFailure() {
        Limit slots = new Limit(10);
        AtomicInteger gone = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            Disposable unused = slots.acquire(true, gone::incrementAndGet);
        }
        for (int i = 0; i < 20; i++) {
            slots.release(true);
        }
        assertThat(slots.taken).hasSize(10);

        slots.release(false);
        for (int i = 0; i < 8; i++) {
            slots.release(false);
        }
        assertThat(slots.taken).hasSize(1);
    }

    @Test
    void requestsThatTakeLongStopCountingAsFarAsThereAreConnections() {
        Limit slots = new Limit(3, 2);
        AtomicInteger gone = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            slots.acquire(gone::incrementAndGet);
        }
        clock.advance(Duration.ofMillis(1999));
        slots.limit.stopCountingOverdue();
        assertThat(gone).hasValue(3);

        clock.advance(Duration.ofMillis(1));
        slots.limit.stopCountingOverdue();
        assertThat(gone).hasValue(5);
        slots.limit.stopCountingOverdue();
        assertThat(gone).hasValue(5);

        slots.release();
        slots.limit.stopCountingOverdue();
        assertThat(gone).hasValue(6);
    }

    @Test
    void whoLeavesTheLineGetsNoSlot() {
        Limit slots = new Limit(1);
        List<String> gone = new ArrayList<>();
        slots.acquire(() -> gone.add("first"));
        Disposable leaves = slots.acquire(false, () -> gone.add("leaves"));
        Disposable failing = slots.acquire(true, () -> gone.add("failing"));
        slots.acquire(() -> gone.add("last"));

        leaves.dispose();
        leaves.dispose();
        failing.dispose();
        slots.release();

        assertThat(gone).containsExactly("first", "last");
        assertThat(leaves.isDisposed()).isTrue();
    }

    @Test
    void failuresTakeTheLimitBackToEight() {
        Limit slots = new Limit(100);
        AtomicInteger gone = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            slots.acquire(gone::incrementAndGet);
        }
        for (int i = 0; i < 8; i++) {
            slots.release(false);
        }
        assertThat(gone).hasValue(16);
        assertThat(slots.taken).hasSize(8);
        slots.release(false);
        assertThat(slots.taken).hasSize(8);
    }

    @Test
    void whatWasNeverSentChangesNothing() {
        Limit slots = new Limit(100);
        AtomicInteger gone = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            Disposable unused = slots.acquire(i % 2 == 0, gone::incrementAndGet);
        }
        for (int i = 0; i < 50; i++) {
            slots.taken.remove().close(RequestEnd.UNKNOWN);
        }

        assertThat(slots.taken).hasSize(16);
        assertThat(slots.limit.slots()).isEqualTo(16);
    }

    @Test
    void aSlotIsClosedOnce() {
        Limit slots = new Limit(1);
        slots.acquire(() -> {});
        ConcurrencyLimit.Slot slot = slots.taken.getFirst();
        slot.close(RequestEnd.ACCEPTED);

        assertThatThrownBy(() -> slot.close(RequestEnd.ACCEPTED)).isInstanceOf(IllegalStateException.class);
    }
}
