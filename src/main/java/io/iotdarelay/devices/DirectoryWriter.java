package io.iotdarelay.devices;

import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.telemetry.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes devices that were learnt from the platform to the topic of the directory, in its format, so that other instances and this one after a
 * restart know them: those that no other source has. An entry that somebody else wrote is left as it is. A Kafka producer may block, so there
 * is a thread; other threads only enqueue. What cannot be written is in memory only.
 */
final class DirectoryWriter implements LearntDevices {

    private static final Logger log = LoggerFactory.getLogger(DirectoryWriter.class);

    private static final int MOST_WAITING = 10_000;

    /** This many devices are logged one by one. */
    private static final int LOGGED_SINGLY = 20;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    static final String WRITTEN = "written";
    static final String DIFFERS = "differs";
    static final String FAILED = "failed";

    private final String topic;
    private final TopicDirectory directory;
    private final Optional<DeviceDirectory> others;
    private final ExecutorService thread;
    private final Supplier<Producer<byte[], byte[]>> opener;
    private final Consumer<String> counter;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger differing = new AtomicInteger();
    private @Nullable Producer<byte[], byte[]> producer;
    private volatile boolean producerIsBroken;
    private volatile boolean troubled;

    /**
     * A writer that has not written yet.
     *
     * @param directory what is in the topic already
     * @param others what devices are in beside the topic
     * @param thread a single one
     * @param opener opens a producer, and closes the one that it opened before
     * @param counter counts what became of each device
     */
    DirectoryWriter(
            String topic,
            TopicDirectory directory,
            Optional<DeviceDirectory> others,
            ExecutorService thread,
            Supplier<Producer<byte[], byte[]>> opener,
            Consumer<String> counter) {
        this.topic = topic;
        this.directory = directory;
        this.others = others;
        this.thread = thread;
        this.opener = opener;
        this.counter = counter;
    }

    @Override
    public void keep(DirectoryEntry entry) {
        DirectoryEntry there = directory.find(entry.device()).orElse(null);
        if (others.flatMap(other -> other.find(entry.device())).isPresent()
                || (there != null && saysTheSame(there, entry))) {
            return;
        }
        if (directory.isUnreadable(entry.device()) || (there != null && !directory.isOurs(entry.device()))) {
            differs(entry.device());
        } else if (!directory.isLoaded() || directory.status().trouble().isPresent()) {
            failed("what is in it is not known: " + directory.status().trouble().orElse("it is being read"));
        } else {
            enqueue(record(topic, entry));
        }
    }

    private void differs(DeviceId device) {
        counter.accept(DIFFERS);
        log.atLevel(differing.incrementAndGet() <= LOGGED_SINGLY ? Level.WARN : Level.DEBUG)
                .addKeyValue("topic", topic)
                .addKeyValue("deviceId", device)
                .log(
                        "The platform tells something else of a device than the topic of the directory, where its entry was"
                                + " written by somebody else and stays as it is");
    }

    @Override
    public void forget(DeviceId device) {
        if (directory.isOurs(device) && !directory.isUnreadable(device)) {
            enqueue(new ProducerRecord<>(topic, device.value().getBytes(StandardCharsets.UTF_8), null));
        }
    }

    private void enqueue(ProducerRecord<byte[], byte[]> record) {
        if (underWay.incrementAndGet() > MOST_WAITING) {
            underWay.decrementAndGet();
            failed("more than " + MOST_WAITING + " devices wait to be written");
            return;
        }
        try {
            thread.execute(() -> send(record));
        } catch (RejectedExecutionException e) {
            underWay.decrementAndGet();
            log.atDebug().log("A device was learnt after shutdown");
        }
    }

    /** In what the platform knows: whose the device is and what records call it, it does not. */
    private static boolean saysTheSame(DirectoryEntry there, DirectoryEntry entry) {
        return Objects.equals(there.secret(), entry.secret())
                && Objects.equals(there.gateway(), entry.gateway())
                && Objects.equals(there.product(), entry.product());
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            if (producer == null || producerIsBroken) {
                producer = opener.get();
                producerIsBroken = false;
            }
            Future<?> unused = producer.send(record, (metadata, failure) -> completed(failure));
        } catch (RuntimeException | Error e) { // whatever it is, the next one may be written
            completed(e);
        }
    }

    /** An entry as {@link TopicDirectory} reads it, with the mark of who wrote it. */
    static ProducerRecord<byte[], byte[]> record(String topic, DirectoryEntry entry) {
        ObjectNode value = JsonNodeFactory.instance.objectNode();
        if (entry.secret() != null) {
            value.put(DirectoryFormat.SECRET, entry.secret().value());
        }
        put(value, DirectoryFormat.GATEWAY_ID, entry.gateway());
        if (entry.product() != null) {
            value.put(DirectoryFormat.PRODUCT_ID, entry.product());
        }
        put(value, DirectoryFormat.NODE_ID, entry.node());
        if (entry.group() != null) {
            value.put(DirectoryFormat.GROUP, entry.group());
        }
        List<Header> headers = List.of(
                new RecordHeader(TopicDirectory.WRITTEN_BY, TopicDirectory.RELAY.getBytes(StandardCharsets.UTF_8)));
        return new ProducerRecord<>(
                topic,
                null,
                entry.device().value().getBytes(StandardCharsets.UTF_8),
                JsonMapper.shared().writeValueAsBytes(value),
                headers);
    }

    private static void put(ObjectNode value, String field, @Nullable DeviceId device) {
        if (device != null) {
            value.put(field, device.value());
        }
    }

    private void completed(@Nullable Throwable failure) {
        underWay.decrementAndGet();
        if (failure == null) {
            counter.accept(WRITTEN);
            if (troubled) {
                troubled = false;
                log.atInfo().addKeyValue("topic", topic).log("The device directory can be written again");
            }
        } else {
            producerIsBroken |= !(failure instanceof RetriableException);
            failed(KafkaFailure.ofWriting(failure));
        }
    }

    private void failed(String why) {
        counter.accept(FAILED);
        if (!troubled) {
            troubled = true;
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", why)
                    .log(
                            "The device directory cannot be written; until it can, devices learnt from the platform are kept in"
                                    + " memory only");
        }
    }

    /** Lets what was enqueued go out; whoever owns the producer closes it after that. */
    void close() {
        if (!ByteProducers.finish(thread, this::flush, CLOSE_TIMEOUT)) {
            log.atWarn()
                    .log("Not all devices learnt from the platform could be written in time; they are asked for again");
        }
    }

    private void flush() {
        if (producer != null) {
            producer.flush();
        }
    }
}
