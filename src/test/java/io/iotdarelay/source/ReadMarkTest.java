package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReadMarkTest {

    private static final long HEAP = 256L << 20;
    private static final Instant NOW = Instant.EPOCH;

    @Test
    void countsDeathsInARow() {
        ReadMark first = ReadMark.in("", HEAP);
        String metadata = "before";
        for (int death = 1; death <= 12; death++) {
            ReadMark mark = ReadMark.in(metadata, HEAP);
            metadata = mark.mark(ReadMark.without(metadata));
            assertThat(ReadMark.in(metadata, HEAP).deaths()).isEqualTo(Math.min(death, 9));
        }

        assertThat(first.deaths()).isZero();
        assertThat(ReadMark.without(metadata)).isEqualTo("before");
        assertThat(metadata.length() - "before".length()).isLessThanOrEqualTo(ReadMark.LONGEST);
    }

    @Test
    void provesNothingToAProcessWithMoreMemory() {
        String metadata = ReadMark.in("", HEAP).mark("");

        assertThat(ReadMark.in(metadata, HEAP - 1).deaths()).isEqualTo(1);
        assertThat(ReadMark.in(metadata, 2 * HEAP).deaths()).isZero();
    }

    @Test
    void isNotFoundInWhatOthersWrite() {
        assertThat(ReadMark.in("~/", HEAP).deaths()).isZero();
        assertThat(ReadMark.in("~1/2~", HEAP).deaths()).isZero();
        assertThat(ReadMark.without("a~b")).isEqualTo("a~b");
    }

    @Test
    void isNeededUntilReadingHasGoneWellForAWhile() {
        ReadMark mark = ReadMark.in("", HEAP);
        assertThat(mark.mayRead()).isFalse();
        assertThat(mark.markWhileUnproven("m")).isEqualTo("m");

        mark.begin(NOW);
        mark.age(NOW.plusSeconds(4), true);
        assertThat(mark.mayRead()).isTrue();
        assertThat(mark.isOpen()).isTrue();
        assertThat(mark.markWhileUnproven("m")).isEqualTo("m~1/256");

        mark.age(NOW.plusSeconds(5), true);
        assertThat(mark.mayRead()).isTrue();
        assertThat(mark.isProven()).isTrue();
        assertThat(mark.markWhileUnproven("m")).isEqualTo("m");
    }

    @Test
    void countsOnlyTheTimeInWhichThePartitionIsRead() {
        ReadMark mark = ReadMark.in("", HEAP);
        mark.begin(NOW);

        mark.age(NOW.plusSeconds(2), true);
        mark.age(NOW.plusSeconds(60), false);
        assertThat(mark.isProven()).isFalse();

        mark.age(NOW.plusSeconds(63), true);
        assertThat(mark.isProven()).isTrue();
    }

    @Test
    void isOpenUntilKafkaHasACommitWithoutIt() {
        ReadMark mark = ReadMark.in("", HEAP);
        mark.begin(NOW);
        mark.removed();
        assertThat(mark.isOpen()).isTrue();

        mark.reachedTheEnd();
        assertThat(mark.isOpen()).isTrue();
        mark.removed();
        assertThat(mark.isOpen()).isFalse();
        assertThat(mark.isProven()).isTrue();
    }

    @Test
    void holdsUpOthersNoLongerWhereCommitsFail() {
        ReadMark mark = ReadMark.in("", HEAP);
        mark.begin(NOW);
        mark.age(NOW.plusSeconds(5), true);

        mark.age(NOW.plusSeconds(34), true);
        assertThat(mark.isOpen()).isTrue();
        mark.age(NOW.plusSeconds(35), true);
        assertThat(mark.isOpen()).isFalse();
    }

    @Test
    void forgivesADeathThatWasNone() {
        ReadMark mark = ReadMark.in(ReadMark.in("", HEAP).mark(""), HEAP);

        assertThat(mark.oneLess().deaths()).isZero();
        assertThat(mark.oneLess().oneLess().deaths()).isZero();
    }
}
