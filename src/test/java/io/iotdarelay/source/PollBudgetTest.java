package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

/** Ten bytes for each poll, and records of a hundred bytes at most. */
class PollBudgetTest {

    private final PollBudget budget = new PollBudget(new ReadLimits(10, 100, 0, 0));
    private final Deserializer<byte[]> keys = budget.keys();
    private final Deserializer<byte[]> values = budget.values();

    @Test
    void endsAPollThatHasReturnedEnough() {
        read(keys, 4);
        read(values, 5);
        read(keys, 1);

        assertThatThrownBy(() -> read(values, 1)).isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> read(keys, 1)).isInstanceOf(SerializationException.class);
        budget.pollBegins();
        read(keys, 1);
    }

    @Test
    void alwaysReturnsTheFirstRecord() {
        read(keys, 60);
        read(values, 100);

        assertThatThrownBy(() -> read(values, 1)).isInstanceOf(SerializationException.class);
    }

    @Test
    void countsRecordsWithoutAKeyOrWithoutAValue() {
        read(values, 10);
        assertThatThrownBy(() -> read(values, 1)).isInstanceOf(SerializationException.class);

        budget.pollBegins();
        read(keys, 10);
        assertThatThrownBy(() -> read(keys, 1)).isInstanceOf(SerializationException.class);
    }

    @Test
    void countsHeaders() {
        Headers headers = new RecordHeaders().add("h", new byte[8]).add("nothing", null);
        values.deserialize("t", headers, ByteBuffer.allocate(2));

        assertThatThrownBy(() -> read(values, 1)).isInstanceOf(SerializationException.class);
    }

    @Test
    void refusesARecordThatIsTooLargeByItself() {
        assertThatThrownBy(() -> read(values, 101))
                .isInstanceOf(SerializationException.class)
                .hasMessage("the next record has 101 bytes uncompressed; with this heap at most 100 can be read");
    }

    @Test
    void copiesWhatItReads() {
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 2);

        assertThat(values.deserialize("t", new RecordHeaders(), data)).containsExactly(2, 3);
        assertThat(values.deserialize("t", new RecordHeaders(), (ByteBuffer) null))
                .isNull();
    }

    private static void read(Deserializer<byte[]> what, int bytes) {
        assertThat(what.deserialize("t", new RecordHeaders(), ByteBuffer.allocate(bytes)))
                .hasSize(bytes);
    }
}
