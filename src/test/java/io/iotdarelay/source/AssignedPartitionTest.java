package io.iotdarelay.source;

import static io.iotdarelay.testing.TestTelemetry.TIME;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.settle.FinishedOffsets;
import io.iotdarelay.settle.OffsetTracker;
import io.iotdarelay.settle.TopicIdentity;
import io.iotdarelay.settle.TopicIdentity.Opened;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AssignedPartitionTest {

    private static final TopicPartition PARTITION = new TopicPartition("topic", 0);
    private static final int MOST = 4096;
    private static final int EPOCH = OffsetTracker.NO_EPOCH;
    private static final TopicIdentity TOPIC = new TopicIdentity("cluster", "topic");

    @Test
    void doesNotBeginWhatAFormerOwnerHadFinished() {
        AssignedPartition former = assigned(Opened.NOTHING);
        List<SourceRecord> records = begin(former, 10, 11, 12, 13);
        former.settle(records.get(1));
        former.settle(records.get(3));
        AssignedPartition next = assigned(stored(former));

        assertThat(next.begin(record(10), EPOCH, TIME)).isTrue();
        assertThat(next.begin(record(11), EPOCH, TIME)).isFalse();
        assertThat(next.begin(record(12), EPOCH, TIME)).isTrue();
        assertThat(next.begin(record(13), EPOCH, TIME)).isFalse();
        assertThat(next.inFlight()).isEqualTo(2);
        assertThat(next.load().bytes()).isEqualTo(2L * record(10).size());
    }

    @Test
    void beginsEverythingOfATopicThatWasCreatedAnew() {
        AssignedPartition former = assigned(Opened.NOTHING);
        former.settle(begin(former, 10, 11).get(1));
        AssignedPartition next = assigned(stored(former));

        assertThat(next.begin(record(10, TIME.plusMillis(1)), EPOCH, TIME)).isTrue();
        assertThat(next.begin(record(11, TIME.plusMillis(1)), EPOCH, TIME)).isTrue();
    }

    @Test
    void repeatsWhatAFormerOwnerHadStoredAndIsNotReadAgain() {
        AssignedPartition former = assigned(Opened.NOTHING);
        List<SourceRecord> records = begin(former, 10, 11, 12, 13);
        former.settle(records.get(1));
        former.settle(records.get(3));
        AssignedPartition next = assigned(stored(former));
        begin(next, 10, 11);

        assertThat(stored(next).finished()).satisfies(stored -> {
            assertThat(stored.isConfirmedBy(10, TIME.toEpochMilli())).isTrue();
            assertThat(stored.contains(11)).isTrue();
            assertThat(stored.contains(12)).isFalse();
            assertThat(stored.contains(13)).isTrue();
        });
    }

    @Test
    void commitsNothingThatWouldTellLessThanTheFormerCommit() {
        AssignedPartition former = assigned(Opened.NOTHING);
        former.settle(begin(former, 10, 11, 12).get(2));
        AssignedPartition next = assigned(stored(former));
        next.settle(begin(next, 10).getFirst());

        assertThat(next.commits().due(MOST)).isEmpty();

        begin(next, 11);
        assertThat(stored(next).finished().contains(12)).isTrue();
    }

    @Test
    void commitsWhereTheStoredRecordsAreGone() {
        AssignedPartition former = assigned(Opened.NOTHING);
        former.settle(begin(former, 10, 11, 12).get(2));
        AssignedPartition next = assigned(stored(former));
        next.settle(begin(next, 10).getFirst());
        next.skipTo(13, EPOCH, TIME);

        assertThat(next.commits().due(MOST)).hasValue(new OffsetAndMetadata(13, ""));
    }

    @Test
    void commitsWhereKafkaIsKnownToBeWithoutARecord() {
        AssignedPartition former = assigned(Opened.NOTHING);
        former.settle(begin(former, 10, 11, 12).get(2));
        AssignedPartition next = assigned(stored(former));
        next.skipTo(11, EPOCH, TIME);

        assertThat(next.commits().due(MOST)).hasValue(new OffsetAndMetadata(11, ""));
    }

    /** After an unclean election, the leader's log may be cut off below the committed offset, or hold other records from there on. */
    @Test
    void commitsTheLeaderEpochOfTheFirstUnfinishedRecord() {
        AssignedPartition partition = assigned(Opened.NOTHING);
        partition.begin(record(10), 3, TIME);
        SourceRecord second = record(11);
        partition.begin(second, 4, TIME);
        partition.settle(second);

        assertThat(partition.commits().due(MOST).orElseThrow().leaderEpoch()).contains(3);
    }

    @Test
    void beginsRecordsAgainThatHaveReplacedFinishedOnes() {
        AssignedPartition former = assigned(Opened.NOTHING);
        former.begin(record(10), 3, TIME);
        for (long offset = 11; offset < 14; offset++) {
            SourceRecord finished = record(offset);
            former.begin(finished, 3, TIME);
            former.settle(finished);
        }
        AssignedPartition next = assigned(stored(former));

        assertThat(next.begin(record(10), 3, TIME)).isTrue();
        assertThat(next.begin(record(11), 3, TIME)).isFalse();
        assertThat(next.begin(record(12), 5, TIME)).isTrue();
        assertThat(next.begin(record(13), 5, TIME)).isTrue();
    }

    @Test
    void storesWhatIsFinishedBesideTheTableOfShares() {
        String table = ShareTable.of(3, Map.of(PARTITION, 1.0), 100).text();
        AssignedPartition partition = assigned(Opened.NOTHING);
        partition.settle(begin(partition, 10, 11, 12).get(1));

        partition.commits().table(table);

        OffsetAndMetadata commit = partition.commits().due(MOST).orElseThrow();
        assertThat(ShareTable.in(commit.metadata())).isEqualTo(table);
        assertThat(TOPIC.open(commit.offset(), ShareTable.without(commit.metadata()))
                        .finished()
                        .contains(11))
                .isTrue();
        assertThat(commit.metadata()).hasSizeLessThanOrEqualTo(MOST);
    }

    @Test
    void storesNoMoreThanTheBrokerTakesBesideTheTableOfShares() {
        AssignedPartition partition = assigned(Opened.NOTHING);
        partition.commits().table(ShareTable.of(3, Map.of(PARTITION, 1.0), 100).text());
        partition.begin(record(10), EPOCH, TIME);
        for (long offset = 11; offset < 2000; offset += 3) {
            partition.begin(record(offset), EPOCH, TIME);
            partition.settle(begin(partition, offset + 1).getFirst());
        }

        String metadata = partition.commits().due(200).orElseThrow().metadata();

        assertThat(metadata)
                .hasSizeBetween(150, 200 - ReadMark.LONGEST)
                .endsWith(partition.commits().table());
    }

    @Test
    void storesNoMetadataWhileTheTopicIsNotIdentified() {
        AssignedPartition partition = new AssignedPartition(PARTITION, Takeover.UNKNOWN, TIME);
        partition.settle(begin(partition, 10, 11).get(1));

        assertThat(partition.commits().due(MOST)).hasValue(new OffsetAndMetadata(10, ""));
        partition.status(seen(Optional.of(TOPIC)), TIME, TIME);
        assertThat(stored(partition).finished().contains(11)).isTrue();
        partition.status(seen(Optional.of(new TopicIdentity("cluster", "anew"))), TIME, TIME);
        assertThat(partition.commits().due(MOST)).hasValue(new OffsetAndMetadata(10, ""));
        partition.status(seen(Optional.of(TOPIC)), TIME, TIME);
        assertThat(partition.commits().due(MOST)).hasValue(new OffsetAndMetadata(10, ""));
    }

    private static Observation seen(Optional<TopicIdentity> topic) {
        return new Observation(
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                TIME,
                topic,
                new Retention.Unknown(),
                Optional.empty());
    }

    @Test
    void neverCommitsPastWhatIsUnfinishedAndNeverRepeatsWhatItStored() {
        Seeds.each(20_000, random -> new Life(random).run());
    }

    /** A partition of Kafka with what is known of it, and its owners, one after the other. Each ends by a crash. */
    private static final class Life {

        private static final int STEPS = 120;

        private final RandomGenerator random;
        private final int mostMetadata;
        private final boolean storesAll;
        private List<SourceRecord> log = new ArrayList<>();
        private final Set<Long> finished = new HashSet<>();
        private final Set<Long> stored = new HashSet<>();
        private final List<SourceRecord> inFlight = new ArrayList<>();
        private @Nullable OffsetAndMetadata committed;
        private AssignedPartition owner = assigned(Opened.NOTHING);
        private Instant created = TIME;
        private long end;
        private int read;

        Life(RandomGenerator random) {
            this.random = random;
            this.storesAll = random.nextInt(4) > 0;
            this.mostMetadata = storesAll ? MOST : random.nextInt(100);
            this.end = random.nextLong(1L << random.nextInt(1, 40));
            grow(1 + random.nextInt(60));
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3 -> read(1 + random.nextInt(6));
                    case 4, 5, 6, 7, 8, 9 -> settle(random.nextInt(4) == 0 ? 0 : random.nextInt(1 << 16));
                    case 10, 11 -> commit(true);
                    case 12 -> commit(false);
                    case 13 -> crash();
                    case 14 -> grow(random.nextInt(4));
                    default -> {
                        if (random.nextInt(40) == 0) {
                            createTopicAnew();
                        } else if (random.nextInt(40) == 0) {
                            compact();
                        }
                    }
                }
                must(owner.inFlight() == inFlight.size(), "counts in flight", owner.inFlight());
            }
            end();
        }

        private void grow(int records) {
            for (int i = 0; i < records; i++) {
                end += random.nextInt(6) == 0 ? random.nextInt(1, 40) : 0;
                log.add(record(end++, created.plusMillis(log.size())));
            }
        }

        private void read(int most) {
            int until = Math.min(log.size(), read + most);
            for (; read < until; read++) {
                SourceRecord record = log.get(read);
                long offset = offset(record);
                boolean begun = owner.begin(record, EPOCH, TIME);
                must(begun || finished.contains(offset), "skips what is not finished", offset);
                must(!begun || !storesAll || !stored.contains(offset), "repeats what was stored", offset);
                if (begun) {
                    inFlight.add(record);
                }
            }
            if (until > 0) {
                owner.skipTo(read < log.size() ? offset(log.get(until - 1)) + 1 : end, EPOCH, TIME);
            }
        }

        private void settle(int which) {
            if (!inFlight.isEmpty()) {
                SourceRecord record = inFlight.remove(which % inFlight.size());
                owner.settle(record);
                finished.add(offset(record));
            }
        }

        /** Kafka takes the commit, or the instance ends before it is asked, or before it knows. */
        private void commit(boolean arrives) {
            OffsetAndMetadata commit = owner.commits().due(mostMetadata).orElse(null);
            if (commit == null) {
                return;
            }
            FinishedOffsets metadata =
                    TOPIC.open(commit.offset(), commit.metadata()).finished();
            int beyond = 0;
            for (SourceRecord record : log) {
                long offset = offset(record);
                boolean stores = offset < commit.offset() || metadata.contains(offset);
                must(!stores || finished.contains(offset), commit + " stores what is not finished", offset);
                must(stores || !storesAll || !stored.contains(offset), commit + " forgets what was stored", offset);
                if (stores && arrives) {
                    stored.add(offset);
                }
                beyond += stores && offset > commit.offset() ? 1 : 0;
            }
            must(metadata.size() == beyond, commit + " stores what does not exist", beyond);
            must(commit.metadata().length() <= mostMetadata, commit + " is too long", mostMetadata);
            if (arrives) {
                committed = commit;
                if (random.nextInt(8) == 0) {
                    crash();
                } else {
                    owner.committed(commit);
                    must(owner.commits().due(mostMetadata).isEmpty(), "commits again", commit.offset());
                }
            }
        }

        private void crash() {
            owner.end();
            inFlight.clear();
            OffsetAndMetadata from = committed;
            owner = assigned(from == null ? Opened.NOTHING : TOPIC.open(from.offset(), from.metadata()));
            read = 0;
            while (from != null && read < log.size() && offset(log.get(read)) < from.offset()) {
                read++;
            }
        }

        /** The same offsets, other records; Kafka forgets the group's commits with the topic, or not. */
        private void createTopicAnew() {
            long first = log.isEmpty() ? end : offset(log.getFirst());
            long newEnd = end;
            log = new ArrayList<>();
            created = created.plusSeconds(3600);
            for (end = first; end < newEnd; ) {
                grow(1);
            }
            finished.clear();
            stored.clear();
            OffsetAndMetadata from = committed;
            if (from != null && random.nextBoolean()) {
                log.removeIf(record -> offset(record) < from.offset());
            } else {
                committed = null;
            }
            crash();
        }

        /** The record at the committed offset no longer exists: what is finished beyond it is repeated, and nothing else. */
        private void compact() {
            OffsetAndMetadata at = committed;
            if (at != null && log.removeIf(record -> offset(record) == at.offset())) {
                finished.add(at.offset());
                stored.clear();
                crash();
            }
        }

        /** The last owner lives long enough. */
        private void end() {
            read(log.size());
            while (!inFlight.isEmpty()) {
                settle(0);
            }
            commit(true);
            for (SourceRecord record : log) {
                must(finished.contains(offset(record)), "never finishes", offset(record));
            }
            must(log.isEmpty() || new OffsetAndMetadata(end, "").equals(committed), "commits the end", end);
        }

        private void must(boolean holds, String what, long offset) {
            if (!holds) {
                throw new AssertionError(what + ": " + offset);
            }
        }
    }

    private static AssignedPartition assigned(Opened before) {
        return new AssignedPartition(PARTITION, new Takeover(Optional.empty(), Optional.of(TOPIC), before), TIME);
    }

    private static List<SourceRecord> begin(AssignedPartition partition, long... offsets) {
        List<SourceRecord> records = new ArrayList<>();
        for (long offset : offsets) {
            SourceRecord record = record(offset);
            partition.begin(record, EPOCH, TIME);
            records.add(record);
        }
        return records;
    }

    private static Opened stored(AssignedPartition partition) {
        OffsetAndMetadata commit = partition.commits().due(MOST).orElseThrow();
        return TOPIC.open(commit.offset(), commit.metadata());
    }

    private static SourceRecord record(long offset) {
        return record(offset, TIME);
    }

    private static SourceRecord record(long offset, Instant timestamp) {
        return new SourceRecord(
                new RecordPosition(PARTITION.topic(), PARTITION.partition(), offset),
                timestamp,
                null,
                new byte[] {'{', '}'},
                List.of());
    }

    private static long offset(SourceRecord record) {
        return record.position().offset();
    }
}
