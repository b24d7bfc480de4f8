package io.iotdarelay.redrive;

import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourcePartition;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which dead letters were sent again. Their offsets are bits, 4,096 to a record of a compacted topic. A record also names the source partition,
 * whose owner alone writes it, so that instances never overwrite each other's notes of one dead-letter partition. The thread that reads the topic and
 * the one that sends change it; any thread may ask. A million letters take some hundred KB, so nothing is ever deleted.
 */
final class DoneLetters implements CompactedTopic.Reader {

    private static final int CHUNK = 4_096;
    private static final String PREFIX = "redriven/";

    private final Map<String, BitSet> chunks = new ConcurrentHashMap<>();
    /** The keys of each chunk of a dead-letter partition. */
    private final Map<String, Map<String, Boolean>> keys = new ConcurrentHashMap<>();

    /** By topic, what tells it from one of the same name before: its offsets begin anew. */
    private volatile Map<String, String> topicIds = Map.of();

    private volatile boolean loaded;
    private volatile Optional<String> trouble = Optional.of("it has not been read yet");

    boolean isDone(RecordPosition letter) {
        Map<String, Boolean> of = keys.get(chunk(letter));
        if (of == null) {
            return false;
        }
        int bit = bit(letter);
        return of.keySet().stream().anyMatch(key -> {
            BitSet bits = chunks.get(key);
            return bits != null && bits.get(bit);
        });
    }

    /** Notes a letter. Returns the key of the record that has to be written now. */
    String add(RecordPosition letter, SourcePartition source) {
        String key = chunk(letter) + "/" + source.topic() + "-" + source.partition();
        chunks.compute(key, (any, before) -> {
            BitSet bits = before == null ? new BitSet() : (BitSet) before.clone();
            bits.set(bit(letter));
            return bits;
        });
        keys.computeIfAbsent(chunk(letter), any -> new ConcurrentHashMap<>()).put(key, true);
        return key;
    }

    byte[] value(String key) {
        BitSet bits = chunks.get(key);
        return bits == null ? new byte[0] : bits.toByteArray();
    }

    /** The dead-letter topics are these. */
    void know(Map<String, String> idsOfTopics) {
        topicIds = Map.copyOf(idsOfTopics);
    }

    private String chunk(RecordPosition letter) {
        String id = topicIds.getOrDefault(letter.topic(), "");
        return PREFIX + letter.topic() + "@" + id + "-" + letter.partition() + "/" + letter.offset() / CHUNK;
    }

    private static int bit(RecordPosition letter) {
        return (int) (letter.offset() % CHUNK);
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        int slash = key.indexOf('/', PREFIX.length());
        int end = slash < 0 ? -1 : key.indexOf('/', slash + 1);
        if (!key.startsWith(PREFIX) || end < 0 || !key.substring(slash + 1, end).matches("\\d{1,16}")) {
            return; // somebody else's
        }
        if (record.value() == null || record.value().length > CHUNK / Byte.SIZE) {
            return;
        }
        BitSet read = BitSet.valueOf(record.value());
        chunks.compute(key, (any, before) -> {
            if (before == null) {
                return read;
            }
            BitSet both = (BitSet) before.clone();
            both.or(read);
            return both;
        });
        keys.computeIfAbsent(key.substring(0, end), any -> new ConcurrentHashMap<>())
                .put(key, true);
    }

    @Override
    public void polled(boolean changed, boolean reached) {
        loaded |= reached;
        trouble = loaded ? Optional.empty() : Optional.of("it has not been read to its end yet");
    }

    @Override
    public boolean isLoaded() {
        return loaded;
    }

    @Override
    public void trouble(String why) {
        trouble = Optional.of(why);
    }

    /** Why it cannot be used, if so. */
    Optional<String> trouble() {
        return trouble;
    }
}
