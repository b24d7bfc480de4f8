package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Partitions that were assigned, and when they may be read. */
class ReadMarksTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final Duration LONG = Duration.ofSeconds(5);

    private final Map<TopicPartition, Integer> written = new HashMap<>();
    private final Consumer consumer = new Consumer();
    private final ReadMarks marks = new ReadMarks(consumer, written);

    @Test
    void readsNothingBeforeItIsMarked() {
        AssignedPartition partition = assign(0, "finished")[0];
        assertThat(consumer.paused()).containsExactly(partition.topicPartition());

        consumer.failure = new RebalanceInProgressException();
        marks.admit(List.of(partition), NOW);
        assertThat(partition.commits().mark().mayRead()).isFalse();

        consumer.failure = null;
        marks.admit(List.of(partition), NOW);
        assertThat(partition.commits().mark().mayRead()).isTrue();
        assertThat(ReadMark.without(committed(0))).isEqualTo("finished");
        assertThat(deathsIfItDies(0)).isEqualTo(1);
    }

    @Test
    void readsAllTheSameWhereNoMarkCanBeWritten() {
        AssignedPartition partition = assign(0, "")[0];

        consumer.failure = new KafkaException("not permitted");
        marks.admit(List.of(partition), NOW);

        assertThat(partition.commits().mark().mayRead()).isTrue();
        assertThat(partition.commits().due(4096)).isEmpty();

        marks.admit(List.of(partition), NOW.plus(LONG));
        assertThat(partition.commits().due(4096)).isPresent();
    }

    @Test
    void removesTheMarkOnceReadingHasGoneWell() {
        AssignedPartition partition = assign(0, "finished")[0];
        marks.admit(List.of(partition), NOW);
        assertThat(partition.commits().due(4096)).isEmpty();

        marks.admit(List.of(partition), NOW.plus(LONG));

        OffsetAndMetadata clean = partition.commits().due(4096).orElseThrow();
        assertThat(clean.metadata()).isEqualTo("finished");
        partition.committed(clean);
        assertThat(partition.commits().due(4096)).isEmpty();
    }

    @Test
    void readsSuspectsAfterTheOthersAndOneByOne() {
        AssignedPartition[] all = assign(0, marked(3), marked(3), marked(2));
        List<AssignedPartition> partitions = List.of(all);
        assertThat(ReadMarks.reasonToWait(all[0]).map(Pause::detail).orElse("")).contains("3 processes in a row");
        assertThat(ReadMarks.reasonToWait(all[2])).isEmpty();

        marks.admit(partitions, NOW);
        assertMayRead(all, false, false, true);
        marks.admit(partitions, NOW);
        assertMayRead(all, false, false, true);

        marks.admit(partitions, NOW.plus(LONG));
        commit(all[2]);
        marks.admit(partitions, NOW.plus(LONG));
        assertMayRead(all, true, false, true);
        assertThat(ReadMarks.reasonToWait(all[0])).isEmpty();

        marks.admit(partitions, NOW.plus(LONG).plus(LONG));
        commit(all[0]);
        marks.admit(partitions, NOW.plus(LONG).plus(LONG));
        assertMayRead(all, true, true, true);
        assertThat(deathsIfItDies(1)).isEqualTo(4);
    }

    /** Otherwise a crash would be counted against both. */
    @Test
    void removesTheMarkOfOneBeforeTheNextIsTried() {
        AssignedPartition[] all = assign(0, marked(3), marked(3));
        List<AssignedPartition> partitions = List.of(all);
        marks.admit(partitions, NOW);
        assertMayRead(all, true, false);

        marks.admit(partitions, NOW.plus(LONG));
        assertMayRead(all, true, false);

        commit(all[0]);
        marks.admit(partitions, NOW.plus(LONG));
        assertMayRead(all, true, true);
        assertThat(deathsIfItDies(0)).isZero();
        assertThat(deathsIfItDies(1)).isEqualTo(4);
    }

    @Test
    void keepsTheTableOfSharesWhateverElseIsCommitted() {
        String table =
                ShareTable.of(3, Map.of(new TopicPartition("t", 0), 1.0), 100).text();
        AssignedPartition partition = assign(0, "finished" + table + marked(1))[0];
        assertThat(partition.commits().table()).isEqualTo(table);

        marks.admit(List.of(partition), NOW);
        assertThat(committed(0)).isEqualTo("finished" + table + marked(2));
        assertThat(partition.commits().due(4096)).isEmpty();
        marks.admit(List.of(partition), NOW.plus(LONG));

        assertThat(partition.commits().due(4096).orElseThrow().metadata()).isEqualTo("finished" + table);
    }

    /** It would be repeated after a crash; the table comes with the next commit that has room. */
    @Test
    void givesUpNothingThatIsFinishedForATable() {
        String finished = "f".repeat(4_084);
        AssignedPartition partition = assign(0, finished)[0];
        marks.admit(List.of(partition), NOW);
        partition.commits().table(ShareTable.nothing(4).text());
        marks.admit(List.of(partition), NOW.plus(LONG));

        assertThat(partition.commits().due(4_096).orElseThrow().metadata()).isEqualTo(finished);
        assertThat(partition.commits().due(8_192).orElseThrow().metadata())
                .isEqualTo(finished + partition.commits().table());
    }

    @Test
    void commitsAnotherTableAtOnce() {
        String first =
                ShareTable.of(3, Map.of(new TopicPartition("t", 0), 1.0), 100).text();
        String second = ShareTable.nothing(4).text();
        AssignedPartition partition = assign(0, "finished" + first)[0];
        marks.admit(List.of(partition), NOW);

        partition.commits().table(second);
        assertThat(partition.commits().due(4096).orElseThrow().metadata()).isEqualTo("finished" + second + marked(1));
        commit(partition);
        assertThat(partition.commits().due(4096)).isEmpty();
        marks.admit(List.of(partition), NOW.plus(LONG));
        commit(partition);

        partition.commits().table(first);
        assertThat(partition.commits().due(4096).orElseThrow().metadata()).isEqualTo("finished" + first);
        assertThat(partition.commits().due(-1).orElseThrow().metadata())
                .as("where the broker takes nothing")
                .isEqualTo("finished");
    }

    private static void assertMayRead(AssignedPartition[] all, Boolean... expected) {
        assertThat(all)
                .extracting(partition -> partition.commits().mark().mayRead())
                .containsExactly(expected);
    }

    private void commit(AssignedPartition partition) {
        OffsetAndMetadata due = partition.commits().due(4096).orElseThrow();
        consumer.commitSync(Map.of(partition.topicPartition(), due));
        partition.committed(due);
    }

    @Test
    void leavesOutForAnHourWhatHasKilledFourInARow() {
        AssignedPartition[] all = assign(0, marked(4), "");
        List<AssignedPartition> partitions = List.of(all);
        assertThat(all[0].unreadable().map(Pause::detail).orElse("")).contains("4 times in a row");

        marks.admit(partitions, NOW);
        marks.admit(partitions, NOW.plus(LONG));
        commit(all[1]);
        marks.admit(partitions, NOW.plus(Duration.ofMinutes(59)));
        assertThat(all)
                .extracting(partition -> partition.commits().mark().mayRead())
                .containsExactly(false, true);

        marks.admit(partitions, NOW.plus(Duration.ofHours(1)));
        assertThat(all[0].commits().mark().mayRead()).isTrue();
        assertThat(all[0].unreadable()).isEmpty();
        assertThat(deathsIfItDies(0)).isEqualTo(5);
    }

    @Test
    void doesNotTakeARebalanceForADeath() {
        AssignedPartition before = assign(0, marked(1))[0];
        marks.admit(List.of(before), NOW);

        AssignedPartition after = assign(0, committed(0))[0];

        assertThat(after.commits().mark().deaths()).isEqualTo(1);
    }

    private static String marked(int deaths) {
        return "~" + deaths + "/" + (Runtime.getRuntime().maxMemory() >> 20);
    }

    private String committed(int partition) {
        TopicPartition topicPartition = new TopicPartition("t", partition);
        return Objects.requireNonNull(consumer.committed(Set.of(topicPartition)).get(topicPartition))
                .metadata();
    }

    private int deathsIfItDies(int partition) {
        return ReadMark.in(committed(partition), Runtime.getRuntime().maxMemory())
                .deaths();
    }

    /** Partitions from a number on, each with the metadata of its committed offset. */
    private AssignedPartition[] assign(int first, String... metadata) {
        AssignedPartition[] partitions = new AssignedPartition[metadata.length];
        for (int i = 0; i < metadata.length; i++) {
            Takeover takeover = new Takeover(
                    Optional.of(new OffsetAndMetadata(7, metadata[i])), Optional.empty(), TopicIdentity.Opened.NOTHING);
            partitions[i] = new AssignedPartition(new TopicPartition("t", first + i), takeover, NOW);
        }
        consumer.assign(
                Arrays.stream(partitions).map(AssignedPartition::topicPartition).toList());
        Arrays.stream(partitions).forEach(partition -> consumer.seek(partition.topicPartition(), 7));
        marks.assigned(List.of(partitions), NOW);
        return partitions;
    }

    private static final class Consumer extends MockConsumer<byte[], byte[]> {

        private @Nullable KafkaException failure;

        Consumer() {
            super("none");
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (failure != null) {
                throw failure;
            }
            commitSync(offsets);
        }
    }
}
