package io.iotdarelay.devices;

import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.telemetry.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A directory in a compacted topic. One thread reads it, and follows new records. It is loaded when everything was read that was
 * there when it started. Where there are more devices than fit into a third of the heap, it never is; those that come later are left out, and
 * that is trouble until the process ends.
 */
final class TopicDirectory implements DeviceDirectory, CompactedTopic.Reader {

    private static final Logger log = LoggerFactory.getLogger(TopicDirectory.class);

    /** The header of entries that the relay wrote itself. */
    static final String WRITTEN_BY = "iotda-relay-written-by";

    static final String RELAY = "iotda-relay";

    private static final int MAX_REPORTED = 20;

    /** Beyond that nothing is written any more, and nothing more remembered. */
    private static final int MAX_UNREADABLE = 10_000;

    /** Devices may take a third of the heap. */
    private static final int SHARE_OF_HEAP = 3;

    private final String topic;
    private final InstantSource time;
    private final long room;
    private final boolean mayBeEmpty;
    private long taken;

    /** Once there were more devices than there is room for. */
    private @Nullable String full;

    private final Map<DeviceId, DirectoryEntry> devices = new ConcurrentHashMap<>();
    private final Nodes nodes = new Nodes();

    /** Those whose entry the relay wrote itself, and may write again. */
    private final Set<DeviceId> ours = ConcurrentHashMap.newKeySet();

    /** Those whose last entry is somebody else's, and invalid. */
    private final Set<DeviceId> unreadable = ConcurrentHashMap.newKeySet();

    private final List<String> broken = new ArrayList<>();
    private int brokenEntries;
    private final DirectoryState state;

    /**
     * An empty directory.
     *
     * @param mayBeEmpty whether a topic without devices is right: there is another source of them
     */
    TopicDirectory(String topic, boolean mayBeEmpty, InstantSource time) {
        this(topic, mayBeEmpty, time, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /**
     * For tests.
     *
     * @param room how much of the heap the devices may take, in bytes
     */
    TopicDirectory(String topic, boolean mayBeEmpty, InstantSource time, long room) {
        this.topic = topic;
        this.mayBeEmpty = mayBeEmpty;
        this.room = room;
        this.state = new DirectoryState("topic", topic);
        this.time = time;
    }

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        return Optional.ofNullable(devices.get(device));
    }

    @Override
    public String sourceOf(DeviceId device) {
        return find(device).isPresent() ? "topic" : "";
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        return nodes.deviceOf(node);
    }

    /** All entries, in no order. */
    Collection<DirectoryEntry> entries() {
        return devices.values();
    }

    /** Why devices were left out, if they were. */
    Optional<String> full() {
        return Optional.ofNullable(full);
    }

    /** Whether the device's entry was written by a relay. */
    boolean isOurs(DeviceId device) {
        return ours.contains(device);
    }

    /** Whether somebody else's entry of the device may be there, although it cannot be read. */
    boolean isUnreadable(DeviceId device) {
        return unreadable.contains(device) || unreadable.size() >= MAX_UNREADABLE;
    }

    /** What people and their tools wrote. */
    DeviceDirectory byOthers() {
        return new Part(this, false);
    }

    /** What relays wrote, as the platform told them. */
    DeviceDirectory byRelays() {
        return new Part(this, true);
    }

    /** Those entries that relays wrote, or the other ones. The whole topic's status belongs to the latter. */
    private record Part(TopicDirectory whole, boolean isOurs) implements DeviceDirectory {

        @Override
        public Optional<DirectoryEntry> find(DeviceId device) {
            return whole.find(device).filter(entry -> whole.isOurs(device) == isOurs);
        }

        @Override
        public String sourceOf(DeviceId device) {
            return find(device).isEmpty() ? "" : isOurs ? "topic, as the platform told" : "topic";
        }

        @Override
        public Optional<DeviceId> deviceOfNode(DeviceId node) {
            return whole.deviceOfNode(node).filter(device -> whole.isOurs(device) == isOurs);
        }

        @Override
        public boolean isLoaded() {
            return whole.isLoaded();
        }

        @Override
        public DirectoryStatus status() {
            return whole.status();
        }
    }

    @Override
    public boolean isLoaded() {
        return state.isLoaded();
    }

    @Override
    public DirectoryStatus status() {
        return state.status();
    }

    @Override
    public void polled(boolean changed, boolean reached) {
        if (reached && devices.isEmpty() && !mayBeEmpty && !state.isLoaded()) {
            trouble("the topic " + topic + " contains no devices");
            return;
        }
        if (full != null) {
            trouble(full);
            return;
        }
        boolean loaded = state.isLoaded() || reached;
        if (changed || loaded != state.isLoaded() || (reached && state.isTroubled())) {
            publish(loaded);
        }
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        String place = topic + "-" + record.partition() + "-" + record.offset();
        String id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            if (DeviceId.isValid(id)) {
                ours.remove(new DeviceId(id));
                unreadable.remove(new DeviceId(id));
                forget(devices.remove(new DeviceId(id)));
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
        boolean isOurs = record.headers().lastHeader(WRITTEN_BY) != null;
        one.devices().values().forEach(entry -> put(entry, isOurs));
        if (DeviceId.isValid(id)) {
            readable(new DeviceId(id), isOurs || !one.devices().isEmpty());
        }
        brokenEntries += one.brokenEntries();
        one.broken().forEach(this::report);
    }

    private void put(DirectoryEntry entry, boolean isOurs) {
        DirectoryEntry former = devices.get(entry.device());
        if (former == null && taken + entry.size() > room) {
            full = full == null ? tooMany() : full;
            return;
        }
        if (isOurs) {
            ours.add(entry.device());
        } else {
            ours.remove(entry.device());
        }
        devices.put(entry.device(), entry);
        taken += entry.size();
        forget(former);
        if (entry.node() != null) {
            nodes.put(entry.node(), entry.device());
        }
    }

    private void readable(DeviceId device, boolean isReadable) {
        if (isReadable) {
            unreadable.remove(device);
        } else if (unreadable.size() < MAX_UNREADABLE) {
            unreadable.add(device);
        }
    }

    private String tooMany() {
        return "the topic " + topic + " contains more than " + devices.size()
                + " devices, more than fit into a third of the heap: give each instance more memory, and start it again";
    }

    private void forget(@Nullable DirectoryEntry former) {
        if (former != null) {
            taken -= former.size();
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

    @Override
    public void trouble(String why) {
        state.become(new DirectoryStatus(
                state.isLoaded(), devices.size(), state.status().changed(), Optional.of(why), broken, brokenEntries));
    }
}
