package io.iotdarelay.redrive;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordPosition;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DoneLettersTest {

    private final DoneLetters done = new DoneLetters("one");
    private final DoneLetters other = new DoneLetters("two");

    @Test
    void remembersEachLetterAlone() {
        LongStream.of(0, 4_095, 4_096, 9_999).forEach(offset -> done.add(letter(offset)));

        assertThat(LongStream.range(0, 12_000).filter(offset -> done.isDone(letter(offset))))
                .containsExactly(0L, 4_095L, 4_096L, 9_999L);
        assertThat(done.isDone(new RecordPosition("dlt", 1, 0))).isFalse();
        assertThat(done.isDone(new RecordPosition("other", 0, 0))).isFalse();
    }

    @Test
    void isTheSameForWhoReadsWhatWasWritten() {
        String key = done.add(letter(5_000));
        done.add(letter(5_001));
        other.read(record(key, done.value(key)));

        assertThat(other.isDone(letter(5_000))).isTrue();
        assertThat(other.isDone(letter(5_001))).isTrue();
        assertThat(other.isDone(letter(5_002))).isFalse();
    }

    /** Also around a hand-over, when the old owner may note its last letters after the new one has begun. */
    @Test
    void processesDoNotOverwriteEachOther() {
        String ours = done.add(letter(1));
        String theirs = other.add(letter(2));
        assertThat(ours).isNotEqualTo(theirs);
        done.read(record(theirs, other.value(theirs)));

        assertThat(done.isDone(letter(1))).isTrue();
        assertThat(done.isDone(letter(2))).isTrue();
    }

    /** What was noted here and is not read back yet is not lost by an older record. */
    @Test
    void anOlderRecordTakesNothingAway() {
        String key = done.add(letter(1));
        byte[] older = done.value(key);
        done.add(letter(2));
        done.read(record(key, older));

        assertThat(done.isDone(letter(2))).isTrue();
    }

    @Test
    void whatIsGoneIsDropped() {
        done.know(Map.of("dlt", "id-1", "kept", "k"));
        String first = done.add(letter(1));
        String second = done.add(letter(4_096));
        String kept = done.add(new RecordPosition("kept", 0, 1));
        other.know(Map.of("dlt", "id-1"));
        String theirs = other.add(letter(2));
        done.read(record(theirs, other.value(theirs)));
        TopicPartition partition = new TopicPartition("dlt", 0);
        assertThat(done.partitions()).containsExactlyInAnyOrder(partition, new TopicPartition("kept", 0));

        assertThat(done.drop(Map.of(partition, 4_095L))).isEmpty();
        assertThat(done.drop(Map.of(partition, 4_096L))).containsExactlyInAnyOrder(first, theirs);
        assertThat(done.isDone(letter(1))).isFalse();
        assertThat(done.isDone(letter(4_096))).isTrue();

        done.know(Map.of("dlt", "id-2"));
        assertThat(done.drop(Map.of())).containsExactly(second);
        done.know(Map.of("kept", "k"));
        assertThat(done.isDone(new RecordPosition("kept", 0, 1))).isTrue();
        done.read(record(kept, null));
        assertThat(done.isDone(new RecordPosition("kept", 0, 1))).isFalse();
    }

    /** One process drops records one by one. */
    @Test
    void whatAnotherRecordStillSaysIsNotDropped() {
        String ours = done.add(letter(1));
        String theirs = other.add(letter(2));
        done.read(record(theirs, other.value(theirs)));
        done.read(record(ours, null));
        assertThat(done.isDone(letter(1))).isTrue();
        done.read(record(theirs, null));
        assertThat(done.isDone(letter(1))).isFalse();
        done.read(record("redriven/nonsense/1/x", new byte[] {1}));
        assertThat(done.partitions()).isEmpty();
        assertThat(done.value("redriven/dlt@-0/0/one")).isEmpty();
    }

    @Test
    void leavesAloneWhatIsNotItsOwn() {
        for (String key : new String[] {
            "pause/x",
            "redriven/dlt-0",
            "redriven/dlt-0/x/t-0",
            "redriven/dlt-0/0",
            "",
            "redriven/dlt-0/99999999999999999999/t-0"
        }) {
            done.read(record(key, new byte[] {-1}));
        }
        done.read(record("redriven/dlt-0/0/t-0", new byte[513]));
        done.read(record("redriven/dlt-0/0/t-0", null));
        done.read(new ConsumerRecord<>("x", 0, 0, null, new byte[] {1}));

        assertThat(LongStream.range(0, 9_000).filter(offset -> done.isDone(letter(offset))))
                .isEmpty();
    }

    @Test
    void isUsableOnceItIsRead() {
        assertThat(done.trouble()).isPresent();
        done.polled(true, false);
        assertThat(done.isLoaded()).isFalse();
        assertThat(done.trouble()).isPresent();
        done.polled(false, true);
        assertThat(done.isLoaded()).isTrue();
        assertThat(done.trouble()).isEmpty();
        done.trouble("gone");
        assertThat(done.trouble()).contains("gone");
        done.polled(false, false);
        assertThat(done.trouble()).isEmpty();
    }

    private static RecordPosition letter(long offset) {
        return new RecordPosition("dlt", 0, offset);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, byte @Nullable [] value) {
        return new ConsumerRecord<>("x", 0, 0, key.getBytes(StandardCharsets.UTF_8), value);
    }
}
