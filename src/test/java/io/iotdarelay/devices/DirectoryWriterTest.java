package io.iotdarelay.devices;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.MapDirectory;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DirectoryWriterTest {

    private static final DirectoryEntry DEVICE =
            new DirectoryEntry(device("d"), new DeviceSecret("secret"), null, "product", null, null);

    private final TopicDirectory directory = new TopicDirectory("devices", true, InstantSource.system());
    private final MapDirectory file = new MapDirectory();
    private final MockProducer<byte[], byte[]> producer = new MockProducer<>(
            false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    private final Queued thread = new Queued();
    private final List<String> counted = new ArrayList<>();
    private int opened;
    private final DirectoryWriter writer = new DirectoryWriter(
            "devices",
            directory,
            Optional.of(file),
            thread,
            () -> {
                opened++;
                return producer;
            },
            counted::add);

    @BeforeEach
    void isRead() {
        directory.polled(true, true);
    }

    /** The topic comes before the file, whose group would be lost, and whose changes would have no effect. */
    @Test
    void writesNothingThatAnotherSourceHas() {
        file.with("d", "of-the-file");
        keep(DEVICE);
        assertThat(producer.history()).isEmpty();
        assertThat(counted).isEmpty();

        file.without("d");
        keep(DEVICE);
        assertThat(producer.history()).hasSize(1);
    }

    /** It is the operator's, even if it cannot be used. */
    @Test
    void replacesNothingThatCannotBeRead() {
        read("d", "{'secret':'ours'}", true);
        read("d", "{'secret':", false);
        keep(DEVICE);
        writer.forget(device("d"));
        thread.run();
        read("e", "{'product_id':'p'}", false);
        keep(new DirectoryEntry(device("e"), new DeviceSecret("secret"), null));
        assertThat(producer.history()).isEmpty();
        assertThat(counted).containsExactly("differs", "differs");

        directory.read(new ConsumerRecord<>("devices", 0, 0, "e".getBytes(StandardCharsets.UTF_8), null));
        keep(new DirectoryEntry(device("e"), new DeviceSecret("secret"), null));
        read("d", "{'secret':'ours'}", true);
        keep(DEVICE);
        assertThat(producer.history()).hasSize(2);
    }

    @Test
    void writesNothingOnceTooMuchCannotBeRead() {
        for (int i = 0; i < 10_000; i++) {
            read("broken" + i, "x", false);
        }
        keep(DEVICE);
        assertThat(producer.history()).isEmpty();
        assertThat(counted).containsExactly("differs");
    }

    /** What is in it may be anything. */
    @Test
    void writesNothingWhileTheTopicIsInTrouble() {
        directory.trouble("cannot be read");
        keep(DEVICE);
        assertThat(counted).containsExactly("failed");
        directory.polled(false, true);
        keep(DEVICE);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void logsNotEachDeviceThatDiffers() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(DirectoryWriter.class);
        logger.addAppender(logged);
        for (int i = 0; i < 100; i++) {
            read("d" + i, "{'secret':'theirs'}", false);
            keep(new DirectoryEntry(device("d" + i), new DeviceSecret("secret"), null));
        }
        logger.detachAppender(logged);

        assertThat(counted).hasSize(100);
        assertThat(logged.list)
                .filteredOn(line -> line.getLevel() == Level.WARN)
                .hasSize(20);
    }

    /** What it writes, the directory reads. */
    @Test
    void writesWhatTheDirectoryReads() {
        DirectoryEntry whole =
                new DirectoryEntry(device("e"), new DeviceSecret("s\"ecret"), device("g"), "p", device("n"), "group-1");
        keep(DEVICE);
        keep(new DirectoryEntry(device("c"), null, device("g"), "product", null, null));
        keep(whole);

        producer.history().forEach(this::read);
        assertThat(directory.find(device("d"))).contains(DEVICE);
        assertThat(directory.gatewayOf(device("c"))).contains(device("g"));
        assertThat(directory.find(device("e"))).contains(whole);
        assertThat(new String(producer.history().getFirst().value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"secret\":\"secret\",\"product_id\":\"product\"}");
    }

    @Test
    void countsWhatIsWritten() {
        keep(DEVICE);
        assertThat(counted).isEmpty();
        producer.completeNext();
        assertThat(counted).containsExactly("written");
    }

    @Test
    void writesNothingThatIsThereAlready() {
        read("d", "{'secret':'secret','product_id':'product','group':'ours','node_id':'n'}", false);
        keep(DEVICE);

        assertThat(producer.history()).isEmpty();
        assertThat(counted).isEmpty();
    }

    /** It may be right, and the tool that wrote it would write it again. */
    @Test
    void leavesWhatSomebodyElseWrote() {
        read("d", "{'secret':'other','product_id':'product'}", false);
        keep(DEVICE);
        read("d", "{'secret':'secret'}", false);
        keep(DEVICE);
        read("d", "{'secret':'secret','gateway_id':'g','product_id':'product'}", false);
        keep(DEVICE);

        assertThat(producer.history()).isEmpty();
        assertThat(counted).containsExactly("differs", "differs", "differs");
    }

    @Test
    void replacesWhatARelayWrote() {
        keep(DEVICE);
        read(producer.history().getFirst());
        assertThat(directory.isOurs(device("d"))).isTrue();
        DirectoryEntry rotated =
                new DirectoryEntry(device("d"), new DeviceSecret("rotated"), null, "product", null, null);
        keep(rotated);

        read(producer.history().getLast());
        assertThat(directory.find(device("d"))).contains(rotated);
    }

    @Test
    void anEntryIsNotOursAnyMoreOnceSomebodyElseWroteIt() {
        read("d", "{'secret':'a'}", true);
        read("d", "{'secret':'b'}", false);
        assertThat(directory.isOurs(device("d"))).isFalse();
        read("d", "{'secret':'a'}", true);
        directory.read(new ConsumerRecord<>("devices", 0, 0, "d".getBytes(StandardCharsets.UTF_8), null));
        assertThat(directory.isOurs(device("d"))).isFalse();

        keep(DEVICE);
        assertThat(producer.history()).as("nobody has one").hasSize(1);
    }

    @Test
    void aFailureIsCountedAndTheNextOneIsWritten() {
        keep(DEVICE);
        producer.errorNext(new TimeoutException("late"));
        assertThat(counted).containsExactly("failed");
        keep(DEVICE);
        producer.completeNext();

        assertThat(counted).containsExactly("failed", "written");
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void aBrokenProducerIsReplaced() {
        keep(DEVICE);
        producer.errorNext(new ProducerFencedException("fenced"));
        keep(DEVICE);
        producer.completeNext();

        assertThat(opened).isEqualTo(2);
    }

    @Test
    void aProducerThatCannotBeOpenedIsAFailure() {
        DirectoryWriter without = new DirectoryWriter(
                "devices",
                directory,
                Optional.empty(),
                thread,
                () -> {
                    throw new IllegalStateException("no");
                },
                counted::add);
        without.keep(DEVICE);
        thread.run();

        assertThat(counted).containsExactly("failed");
    }

    @Test
    void boundsWhatWaits() {
        for (int i = 0; i < 10_003; i++) {
            writer.keep(new DirectoryEntry(new DeviceId("d" + i), new DeviceSecret("s"), null));
        }

        assertThat(counted).containsExactly("failed", "failed", "failed");
        assertThat(thread.waiting).hasSize(10_000);
    }

    @Test
    void lateDevicesAreForgotten() {
        writer.close();
        thread.run();
        writer.keep(DEVICE);

        assertThat(producer.history()).isEmpty();
        assertThat(counted).isEmpty();
    }

    private void keep(DirectoryEntry entry) {
        writer.keep(entry);
        thread.run();
    }

    private void read(ProducerRecord<byte[], byte[]> written) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("devices", 0, 0, written.key(), written.value());
        written.headers().forEach(record.headers()::add);
        directory.read(record);
    }

    private void read(String id, String value, boolean ours) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "devices",
                0,
                0,
                id.getBytes(StandardCharsets.UTF_8),
                value.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        if (ours) {
            record.headers().add(TopicDirectory.WRITTEN_BY, new byte[0]);
        }
        directory.read(record);
    }

    /** A thread whose tasks run when they are told to. */
    private static final class Queued extends AbstractExecutorService {

        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private boolean down;

        void run() {
            for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
                task.run();
            }
        }

        @Override
        public void execute(Runnable task) {
            if (down) {
                throw new RejectedExecutionException();
            }
            waiting.add(task);
        }

        @Override
        public void shutdown() {
            down = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            down = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return down;
        }

        @Override
        public boolean isTerminated() {
            return down;
        }

        @Override
        public boolean awaitTermination(long timeout, @Nullable TimeUnit unit) {
            return true;
        }
    }
}
