package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The directory in a topic, for who reads that once from its beginning to its end. For one thread. */
public final class DirectoryTopic {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TopicDirectory directory;
    private final boolean keepsValues;
    private final Map<DeviceId, byte[]> values = new HashMap<>();

    /**
     * Nothing was read yet.
     *
     * @param keepsValues whether the records' values are kept as they are, for who wants to write them again
     */
    public DirectoryTopic(String topic, InstantSource time, boolean keepsValues) {
        this.directory = new TopicDirectory(topic, false, time);
        this.keepsValues = keepsValues;
    }

    /** Takes the next record. */
    @SuppressWarnings("ReferenceEquality") // whether the entry was replaced, perhaps by an equal one
    public void read(ConsumerRecord<byte[], byte[]> record) {
        String id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (!keepsValues || !DeviceId.isValid(id)) {
            directory.read(record);
            return;
        }
        DeviceId device = new DeviceId(id);
        DirectoryEntry former = directory.find(device).orElse(null);
        directory.read(record);
        DirectoryEntry entry = directory.find(device).orElse(null);
        if (entry == null) {
            values.remove(device);
        } else if (entry != former) { // otherwise the record is invalid, and the former one counts
            values.put(device, record.value());
        }
    }

    /** All entries, in no order. */
    public Collection<DirectoryEntry> entries() {
        return directory.entries();
    }

    /** The value of a device's record, as it came. */
    public Optional<byte[]> value(DeviceId device) {
        return Optional.ofNullable(values.get(device));
    }

    /** The value of a device's record with another secret, and otherwise as it came. */
    public Optional<byte[]> valueWith(DeviceId device, DeviceSecret secret) {
        return value(device).map(value -> with(secret, value));
    }

    private static byte[] with(DeviceSecret secret, byte[] value) {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        try {
            if (JSON.readTree(value) instanceof ObjectNode former) {
                entry = former;
            }
        } catch (JacksonException e) { // it was read before
            throw new IllegalStateException(e.getClass().getSimpleName());
        }
        entry.put(DirectoryFormat.SECRET, secret.value());
        return JSON.writeValueAsBytes(entry);
    }

    /** Why devices were left out, if they were: there are more than fit into memory. */
    public Optional<String> trouble() {
        return directory.full();
    }
}
