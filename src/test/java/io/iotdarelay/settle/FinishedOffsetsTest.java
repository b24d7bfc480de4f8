package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Seeds;
import java.util.Arrays;
import java.util.Base64;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FinishedOffsetsTest {

    private static final int MOST = 4096;
    private static final long TIMESTAMP = 1_767_225_600_123L;

    @Test
    void storesWhatWasFinished() {
        FinishedOffsets stored = there(100, 4096, 101, 102, 103, 110, 111);

        assertThat(stored.size()).isEqualTo(5);
        assertThat(stored.isEmpty()).isFalse();
        assertThat(stored.contains(99)).isFalse();
        assertThat(stored.contains(100)).isFalse();
        assertThat(stored.contains(101)).isTrue();
        assertThat(stored.contains(103)).isTrue();
        assertThat(stored.contains(104)).isFalse();
        assertThat(stored.contains(110)).isTrue();
        assertThat(stored.contains(111)).isTrue();
        assertThat(stored.contains(112)).isFalse();
        assertThat(stored.contains(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void returnsWhatLiesAhead() {
        FinishedOffsets stored = there(100, 4096, 101, 102, 103, 110);

        assertThat(stored.from(0)).containsExactly(101L, 102L, 103L, 110L);
        assertThat(stored.from(103)).containsExactly(103L, 110L);
        assertThat(stored.from(104)).containsExactly(110L);
        assertThat(stored.from(111)).isEmpty();
        assertThat(stored.from(Long.MAX_VALUE)).isEmpty();
        assertThat(stored.reaches(110)).isTrue();
        assertThat(stored.reaches(111)).isFalse();
        assertThat(FinishedOffsets.NONE.reaches(0)).isFalse();
    }

    @Test
    void isValidOnlyWithTheRecordThatItWasStoredFor() {
        FinishedOffsets stored = there(100, 4096, 101);

        assertThat(stored.isConfirmedBy(100, TIMESTAMP)).isTrue();
        assertThat(stored.isConfirmedBy(101, TIMESTAMP)).isFalse();
        assertThat(stored.isConfirmedBy(100, TIMESTAMP + 1)).isFalse();
    }

    @Test
    void keepsAnyTimeStamp() {
        for (long timestamp : new long[] {0, 1, 127, 128, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            FinishedOffsets.Encoder encoder = new FinishedOffsets.Encoder(5, timestamp, MOST);
            encoder.add(7);
            assertThat(FinishedOffsets.decode(5, encoder.encode()).isConfirmedBy(5, timestamp))
                    .as("%d", timestamp)
                    .isTrue();
        }
    }

    @Test
    void storesNothingWhereThereIsNothing() {
        assertThat(new FinishedOffsets.Encoder(5, TIMESTAMP, MOST).encode()).isEmpty();
        assertThat(FinishedOffsets.decode(5, "").isEmpty()).isTrue();
    }

    @Test
    void holdsTheWholeWindowOfAStallWhicheverItsPattern() {
        long[] manyRuns = new long[10_000];
        for (int i = 0; i < manyRuns.length; i++) {
            manyRuns[i] = 2L * i + 2;
        }
        assertThat(there(0, MOST, manyRuns).size()).isEqualTo(10_000);

        long[] oneRun = new long[1_000_000];
        for (int i = 0; i < oneRun.length; i++) {
            oneRun[i] = i + 1L;
        }
        assertThat(there(0, MOST, oneRun).size()).isEqualTo(1_000_000);
    }

    @Test
    void leavesOutWhatDoesNotFit() {
        long[] scattered = new long[50_000];
        for (int i = 0; i < scattered.length; i++) {
            scattered[i] = 3L * i + 1;
        }

        FinishedOffsets stored = there(0, MOST, scattered);

        assertThat(stored.size()).isBetween(5_000, 49_999);
        assertThat(there(0, 7, 1, 2, 3).size()).isBetween(0, 3);
        assertThat(there(0, 0, 1, 2, 3).isEmpty()).isTrue();
    }

    /** 9 bytes, 6 of them for the timestamp. */
    @Test
    void usesTheLastByte() {
        assertThat(there(0, 13, 128).size()).isEqualTo(1);
        long[] longRun = new long[20_000];
        Arrays.setAll(longRun, i -> i + 1L);
        assertThat(there(0, 13, longRun).size()).isEqualTo(23);
    }

    @Test
    void neverTakesTheCommittedOffsetItselfForFinished() {
        FinishedOffsets stored = FinishedOffsets.decode(5, "bAAM=");

        assertThat(stored.contains(5)).isFalse();
        assertThat(stored.contains(6)).isTrue();
    }

    @Test
    void forgetsWhatIsBeyondReason() {
        assertThat(there(0, MOST, 1, 1L << 40).size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "somebody else's",
                "r",
                "rAA==",
                "r!!!!",
                "xAAAA",
                "r//////////////////8=",
                "rAAAA",
                "rAAEA",
                "rAAAB",
                "rAAEAAQE=",
                "rAAH///////////8B",
                "rAAD/////Dw==",
                "b"
            })
    void believesNothingThatIsBroken(String metadata) {
        assertThat(FinishedOffsets.decode(5, metadata).isEmpty()).isTrue();
    }

    @Test
    void believesNoRunThatIsTooLong() {
        byte[] run = {0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f};
        String metadata = "r" + Base64.getEncoder().encodeToString(run);

        assertThat(FinishedOffsets.decode(5, metadata).isEmpty()).isTrue();
    }

    /** What fits is stored exactly; what is stored is true. */
    @Test
    void neverReportsWhatIsNotFinished() {
        Seeds.each(20_000, random -> {
            long committed = random.nextLong(1L << 40);
            int most = random.nextInt(300);
            TreeSet<Long> finished = new TreeSet<>();
            long offset = committed;
            int runs = random.nextInt(40);
            for (int run = 0; run < runs; run++) {
                offset += 2 + random.nextInt(random.nextInt(10) == 0 ? 10_000 : 5);
                int length = 1 + random.nextInt(random.nextInt(5) == 0 ? 300 : 3);
                for (int i = 0; i < length; i++) {
                    finished.add(offset++);
                }
            }
            FinishedOffsets.Encoder encoder = new FinishedOffsets.Encoder(committed, TIMESTAMP, most);
            finished.forEach(encoder::add);
            String metadata = encoder.encode();
            FinishedOffsets stored = FinishedOffsets.decode(committed, metadata);

            assertThat(metadata.length()).isLessThanOrEqualTo(most);
            long trulyStored = finished.stream().filter(stored::contains).count();
            assertThat(trulyStored).isEqualTo(stored.size());
            if (most > 280) {
                assertThat(stored.size()).isEqualTo(finished.size());
            }
        });
    }

    private static FinishedOffsets there(long committed, int most, long... finished) {
        FinishedOffsets.Encoder encoder = new FinishedOffsets.Encoder(committed, TIMESTAMP, most);
        for (long offset : finished) {
            encoder.add(offset);
        }
        String metadata = encoder.encode();
        assertThat(metadata.length()).isLessThanOrEqualTo(most);
        return FinishedOffsets.decode(committed, metadata);
    }
}
