package io.iotdarelay.devices;

import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.kafka.Reach;
import io.iotdarelay.telemetry.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A directory in a compacted topic. One thread reads all of its partitions from the beginning, without a group, and follows
 * new records. It is loaded when it has read everything that was there when it started.
 */
final class TopicDirectory implements DeviceDirectory, Runnable {

    private static final Logger log = LoggerFactory.getLogger(TopicDirectory.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LOOK_FOR_PARTITIONS = Duration.ofMinutes(1);
    private static final Duration RESTART = Duration.ofSeconds(5);
    private static final int MAX_REPORTED = 20;

    private final String topic;
    private final Supplier<Reach> check;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final InstantSource time;
    private final Map<DeviceId, DirectoryEntry> devices = new ConcurrentHashMap<>();
    private final Nodes nodes = new Nodes();
    private final List<String> broken = new ArrayList<>();
    private int brokenEntries;
    private volatile boolean stopping;
    private final DirectoryState state;

    /**
     * A directory that is read once its thread runs.
     *
     * @param check whether Kafka can be reached
     */
    TopicDirectory(
            String topic, Supplier<Reach> check, Supplier<Consumer<byte[], byte[]>> consumers, InstantSource time) {
        this.topic = topic;
        this.check = check;
        this.state = new DirectoryState("topic", topic);
        this.consumers = consumers;
        this.time = time;
    }

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        return Optional.ofNullable(devices.get(device));
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        return nodes.deviceOf(node);
    }

    @Override
    public boolean isLoaded() {
        return state.isLoaded();
    }

    @Override
    public DirectoryStatus status() {
        return state.status();
    }

    /** Stops the thread soon. */
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        while (!stopping) {
            try {
                Optional<String> unreachable = check.get().trouble();
                if (unreachable.isEmpty()) {
                    follow();
                } else {
                    trouble(unreachable.get());
                    rest();
                }
            } catch (RuntimeException e) { // whatever it is, the directory has to be followed
                trouble(KafkaFailure.ofReading(e));
                rest();
            }
        }
    }

    private void follow() {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            follow(consumer);
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> wanted = Map.of();
        Instant lookAgain = time.instant();
        while (!stopping) {
            if (!time.instant().isBefore(lookAgain)) {
                if (assignAll(consumer)) {
                    wanted = consumer.endOffsets(consumer.assignment());
                }
                lookAgain = time.instant().plus(state.isLoaded() ? LOOK_FOR_PARTITIONS : RESTART);
            }
            if (consumer.assignment().isEmpty()) {
                trouble("the topic " + topic + " does not exist");
                rest();
                continue;
            }
            boolean changed = false;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                apply(record);
                changed = true;
            }
            boolean reached = hasReached(consumer, wanted);
            if (reached && devices.isEmpty() && !state.isLoaded()) {
                trouble("the topic " + topic + " contains no devices");
                continue;
            }
            boolean loaded = state.isLoaded() || reached;
            if (changed || loaded != state.isLoaded() || state.isTroubled()) {
                publish(loaded);
            }
        }
    }

    /** Assigns new partitions, from their beginning. Returns whether there were any. */
    private boolean assignAll(Consumer<?, ?> consumer) {
        Set<TopicPartition> all = new HashSet<>();
        consumer.partitionsFor(topic).forEach(found -> all.add(new TopicPartition(topic, found.partition())));
        Set<TopicPartition> fresh = new HashSet<>(all);
        fresh.removeAll(consumer.assignment());
        if (!fresh.isEmpty()) {
            consumer.assign(all);
            consumer.seekToBeginning(fresh);
        }
        return !fresh.isEmpty();
    }

    private static boolean hasReached(Consumer<?, ?> consumer, Map<TopicPartition, Long> wanted) {
        return wanted.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        String place = topic + "-" + record.partition() + "-" + record.offset();
        String id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            if (DeviceId.isValid(id)) {
                forgetNode(devices.remove(new DeviceId(id)));
            }
            return;
        }
        DirectoryListing one = new DirectoryListing(Long.MAX_VALUE);
        try {
            JsonNode entry = JsonMapper.shared().readTree(record.value());
            one.add(
                    place,
                    id,
                    text(entry, DirectoryFormat.SECRET),
                    text(entry, DirectoryFormat.GATEWAY_ID),
                    text(entry, DirectoryFormat.PRODUCT_ID),
                    text(entry, DirectoryFormat.NODE_ID),
                    text(entry, DirectoryFormat.GROUP));
        } catch (JacksonException e) {
            one.broken(place, "cannot be read");
        }
        one.devices().values().forEach(this::put);
        brokenEntries += one.brokenEntries();
        one.broken().forEach(this::report);
    }

    private void put(DirectoryEntry entry) {
        forgetNode(devices.put(entry.device(), entry));
        if (entry.node() != null) {
            nodes.put(entry.node(), entry.device());
        }
    }

    private void forgetNode(@Nullable DirectoryEntry former) {
        if (former != null) {
            nodes.forget(former);
        }
    }

    private static @Nullable String text(JsonNode entry, String field) {
        return entry.path(field).asString(null);
    }

    private void report(String problem) {
        if (broken.size() < MAX_REPORTED) {
            state.logBroken(problem);
            broken.add(problem);
        }
    }

    private void publish(boolean loaded) {
        if (loaded && !state.isLoaded()) {
            log.atInfo()
                    .addKeyValue("topic", topic)
                    .addKeyValue("devices", devices.size())
                    .log("The device directory was read");
        }
        state.become(new DirectoryStatus(
                loaded, devices.size(), Optional.of(time.instant()), Optional.empty(), broken, brokenEntries));
    }

    private void trouble(String why) {
        state.become(new DirectoryStatus(
                state.isLoaded(), devices.size(), state.status().changed(), Optional.of(why), broken, brokenEntries));
    }

    private void rest() {
        Instant end = time.instant().plus(RESTART);
        while (!stopping && time.instant().isBefore(end)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
