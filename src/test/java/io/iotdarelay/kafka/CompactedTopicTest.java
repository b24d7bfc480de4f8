package io.iotdarelay.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a topic is followed, and when it is read again from its beginning. Time passes with each look at the clock. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompactedTopicTest {

    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final ManualClock clock = ManualClock.at("2026-11-30T12:00:00Z");
    private final Queue<MockConsumer<byte[], byte[]>> consumers = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();
    private boolean failing;
    private boolean wantsAllAgain = true;
    private final CompactedTopic topic = new CompactedTopic(
            "t",
            () -> Reach.WHOLE,
            () -> consumers.remove(),
            () -> {
                clock.advance(Duration.ofSeconds(1));
                return clock.instant();
            },
            new Remembering());

    @Test
    void readsWhatThereIsAndThenWhatIsNew() {
        MockConsumer<byte[], byte[]> consumer = consumer(2);
        consumer.schedulePollTask(() -> add(consumer, 0, "a"));
        consumer.schedulePollTask(() -> add(consumer, 1, "b"));
        consumer.schedulePollTask(() -> add(consumer, 2, "c"));
        consumer.schedulePollTask(topic::stop);

        topic.run();

        assertThat(seen).containsExactly("begins", "a", "unread", "b", "read", "c", "read", "read");
    }

    @Test
    void anEmptyTopicIsReadOnlyWhenItHasTurnedOutThatItMayBe() {
        MockConsumer<byte[], byte[]> consumer = consumer(0);
        for (int i = 0; i < 5; i++) {
            consumer.schedulePollTask(() -> {});
        }
        consumer.schedulePollTask(topic::stop);

        topic.run();

        assertThat(seen).containsExactly("begins", "unread", "unread", "unread", "unread", "read", "read");
    }

    @Test
    void aTopicThatWasCreatedAgainIsReadFromItsBeginning() {
        MockConsumer<byte[], byte[]> former = consumer(1);
        former.schedulePollTask(() -> add(former, 0, "a"));
        former.schedulePollTask(() -> former.seek(PARTITION, 0));
        MockConsumer<byte[], byte[]> next = consumer(1);
        next.schedulePollTask(() -> add(next, 0, "b"));
        next.schedulePollTask(topic::stop);

        topic.run();

        assertThat(seen).containsExactly("begins", "a", "read", "begins", "b", "read", "read");
        assertThat(former.closed()).isTrue();
    }

    @Test
    void aTopicThatWasDeletedIsMissed() {
        MockConsumer<byte[], byte[]> former = consumer(1);
        former.schedulePollTask(() -> add(former, 0, "a"));
        former.schedulePollTask(() -> {
            former.updatePartitions("t", List.of());
            clock.advance(Duration.ofMinutes(1));
        });
        MockConsumer<byte[], byte[]> next = new MockConsumer<>("earliest") {
            @Override
            public synchronized List<PartitionInfo> partitionsFor(String name) {
                topic.stop();
                return List.of();
            }
        };
        consumers.add(next);

        topic.run();

        assertThat(seen).startsWith("begins", "a", "read", "read").endsWith("the topic t does not exist");
        assertThat(consumers).isEmpty();
    }

    /** A broker that knows less than the others. */
    @Test
    void oneWrongAnswerChangesNothing() {
        MockConsumer<byte[], byte[]> consumer = consumer(1);
        List<PartitionInfo> partitions = consumer.partitionsFor("t");
        consumer.schedulePollTask(() -> add(consumer, 0, "a"));
        consumer.schedulePollTask(() -> {
            consumer.updatePartitions("t", List.of());
            clock.advance(Duration.ofMinutes(1));
        });
        consumer.schedulePollTask(() -> consumer.updatePartitions("t", partitions));
        for (int i = 0; i < 10; i++) {
            consumer.schedulePollTask(() -> {});
        }
        consumer.schedulePollTask(topic::stop);

        topic.run();

        assertThat(seen).startsWith("begins", "a").doesNotContain("the topic t does not exist");
        assertThat(Collections.frequency(seen, "begins")).isEqualTo(1);
    }

    /** What was once must not come back, not for a moment. */
    @Test
    void doesNotReadAllAgainForAReaderThatDoesNotWantThat() {
        wantsAllAgain = false;
        MockConsumer<byte[], byte[]> consumer = consumer(1);
        consumer.schedulePollTask(() -> add(consumer, 0, "a"));
        consumer.schedulePollTask(() -> {
            consumer.seek(PARTITION, 0);
            consumer.updatePartitions("t", List.of());
            clock.advance(Duration.ofMinutes(1));
        });
        for (int i = 0; i < 10; i++) {
            consumer.schedulePollTask(() -> {});
        }
        consumer.schedulePollTask(topic::stop);

        topic.run();

        assertThat(Collections.frequency(seen, "begins")).isEqualTo(1);
    }

    @Test
    void anErrorDoesNotEndTheThread() {
        MockConsumer<byte[], byte[]> former = consumer(1);
        former.schedulePollTask(() -> {
            add(former, 0, "a");
            failing = true;
        });
        MockConsumer<byte[], byte[]> next = consumer(1);
        next.schedulePollTask(() -> add(next, 0, "a"));
        next.schedulePollTask(topic::stop);

        topic.run();

        assertThat(seen).containsExactly("begins", "LinkageError: a class is missing", "begins", "a", "read", "read");
    }

    /** One of a topic with a partition that ends there. */
    private MockConsumer<byte[], byte[]> consumer(long end) {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        Node broker = new Node(1, "localhost", 1);
        consumer.updatePartitions(
                "t", List.of(new PartitionInfo("t", 0, broker, new Node[] {broker}, new Node[] {broker})));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
        consumers.add(consumer);
        return consumer;
    }

    private static void add(MockConsumer<byte[], byte[]> consumer, long offset, String value) {
        consumer.addRecord(new ConsumerRecord<>("t", 0, offset, new byte[0], value.getBytes(StandardCharsets.UTF_8)));
    }

    private final class Remembering implements CompactedTopic.Reader {

        @Override
        public boolean wantsAllAgain() {
            return wantsAllAgain;
        }

        @Override
        public void begins() {
            seen.add("begins");
        }

        @Override
        public void read(ConsumerRecord<byte[], byte[]> record) {
            if (failing) {
                failing = false;
                throw new LinkageError("a class is missing");
            }
            seen.add(new String(record.value(), StandardCharsets.UTF_8));
        }

        @Override
        public void polled(boolean changed, boolean reached) {
            seen.add(reached ? "read" : "unread");
        }

        @Override
        public boolean isLoaded() {
            return true;
        }

        @Override
        public void trouble(String why) {
            seen.add(why);
        }
    }
}
