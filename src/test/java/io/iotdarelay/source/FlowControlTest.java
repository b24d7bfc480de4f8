package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.source.FlowControl.Load;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowControlTest {

    private final FlowControl control = new FlowControl(1000, 1_000_000);

    @Test
    void readsWhileThereIsRoom() {
        assertThat(control.reasonToPause(Load.NONE, Load.NONE, false)).isEmpty();
        assertThat(control.reasonToPause(new Load(100, 0, 100), new Load(100, 0, 100), false))
                .isEmpty();
    }

    @Test
    void leavesRoomForOthers() {
        Load busy = new Load(667, 0, 667);

        assertThat(control.reasonToPause(busy, busy, false)).hasValue(PauseReason.RECORDS);
        assertThat(control.reasonToPause(new Load(10, 0, 10), busy, false)).isEmpty();
    }

    @Test
    void countsBytesToo() {
        Load heavy = new Load(10, 700_000, 10);

        assertThat(control.reasonToPause(heavy, heavy, false)).hasValue(PauseReason.SIZE);
    }

    @Test
    void restsBehindOneThatHoldsBackTooMany() {
        Load stuck = new Load(1, 10, 43_000);

        assertThat(control.reasonToPause(stuck, stuck, false)).hasValue(PauseReason.HEAD_OF_LINE);
    }

    @Test
    void resumesWithADistance() {
        Load little = new Load(600, 0, 600);

        assertThat(control.reasonToPause(little, little, false)).isEmpty();
        assertThat(control.reasonToPause(little, little, true)).hasValue(PauseReason.RECORDS);
        Load less = new Load(580, 0, 580);
        assertThat(control.reasonToPause(less, less, true)).isEmpty();
    }

    /** However many partitions fill up in turn, a poll's worth at a time, the bound holds but for one poll. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 1000})
    void keepsTheBoundAndStarvesNobody(int partitions) {
        int poll = 5;
        List<Integer> held =
                new ArrayList<>(IntStream.range(0, partitions).mapToObj(i -> 0).toList());
        for (int round = 0; round < 300; round++) {
            for (int i = 0; i < partitions; i++) {
                int all = held.stream().mapToInt(Integer::intValue).sum();
                assertThat(all).isLessThan(1000 + poll);
                if (control.reasonToPause(new Load(held.get(i), 0, 0), new Load(all, 0, 0), false)
                        .isEmpty()) {
                    held.set(i, held.get(i) + poll);
                }
            }
        }

        int all = held.stream().mapToInt(Integer::intValue).sum();
        if (partitions <= 100) {
            assertThat(held).allSatisfy(records -> assertThat(records).isPositive());
        }
        assertThat(all).isBetween(600, 1000 + poll);
    }

    @Test
    void sumsUp() {
        assertThat(new Load(1, 2, 3).plus(new Load(10, 20, 30))).isEqualTo(new Load(11, 22, 33));
    }
}
