package io.iotdarelay.redrive;

import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.telemetry.RecordPosition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters were sent again. Their offsets are bits, 4,096 to a record of a compacted topic. The key of a record also names the process
 * that wrote it, so that none overwrites what another noted; what counts is what any of them did. The thread that reads the topic and the one that
 * sends change it; any thread may ask. A million letters take some hundred KB; what retention has deleted is dropped.
 */
final class DoneLetters implements CompactedTopic.Reader {

    private static final int CHUNK = 4_096;
    private static final String PREFIX = "redriven/";

    private final String process;
    private final RunNotes runs;
    private final Map<String, Chunk> chunks = new ConcurrentHashMap<>();

    /** By topic, what tells it from one of the same name before: its offsets begin anew. */
    private volatile Map<String, String> topicIds = Map.of();

    private volatile boolean loaded;
    private volatile Optional<String> trouble = Optional.of("it has not been read yet");

    /**
     * What is noted of some letters that follow each other. Immutable.
     *
     * @param keys the records that say so
     */
    private record Chunk(BitSet bits, Set<String> keys) {

        static Chunk with(@Nullable Chunk before, String key, BitSet more) {
            BitSet bits = (BitSet) more.clone();
            Set<String> keys = new HashSet<>(Set.of(key));
            if (before != null) {
                bits.or(before.bits);
                keys.addAll(before.keys);
            }
            return new Chunk(bits, keys);
        }
    }

    /** Which letters a chunk is about. */
    private record Where(String topic, String topicId, int partition, long number) {

        /** Of the name of a chunk. */
        static Optional<Where> of(String chunk) {
            int slash = chunk.lastIndexOf('/');
            String letters = chunk.substring(PREFIX.length(), slash);
            int at = letters.indexOf('@');
            int dash = letters.lastIndexOf('-');
            return at < 0 || dash < at || !letters.substring(dash + 1).matches("\\d{1,9}")
                    ? Optional.empty()
                    : Optional.of(new Where(
                            letters.substring(0, at),
                            letters.substring(at + 1, dash),
                            Integer.parseInt(letters.substring(dash + 1)),
                            Long.parseLong(chunk.substring(slash + 1))));
        }
    }

    /**
     * Nothing is known yet.
     *
     * @param process tells this one from all others, also those before it on the same machine
     */
    DoneLetters(String process) {
        this.process = process;
        this.runs = new RunNotes(process);
    }

    /** What the same topic says of runs. */
    RunNotes runs() {
        return runs;
    }

    boolean isDone(RecordPosition letter) {
        Chunk chunk = chunks.get(chunk(letter));
        return chunk != null && chunk.bits().get(bit(letter));
    }

    /** Notes a letter. Returns the key of the record that has to be written now. */
    String add(RecordPosition letter) {
        String name = chunk(letter);
        String key = name + "/" + process;
        BitSet bit = new BitSet();
        bit.set(bit(letter));
        chunks.compute(name, (any, before) -> Chunk.with(before, key, bit));
        return key;
    }

    /** What is to be written under a key: all that is known of its letters, whoever sent them. */
    byte[] value(String key) {
        Chunk chunk = chunks.get(key.substring(0, Math.max(0, key.lastIndexOf('/'))));
        return chunk == null ? new byte[0] : chunk.bits().toByteArray();
    }

    /** The dead-letter topics are these. */
    void know(Map<String, String> idsOfTopics) {
        topicIds = Map.copyOf(idsOfTopics);
    }

    /** The partitions of dead-letter topics that something is noted of. */
    Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        chunks.keySet()
                .forEach(chunk -> Where.of(chunk)
                        .filter(where -> where.topicId().equals(topicIds.get(where.topic())))
                        .ifPresent(where -> partitions.add(new TopicPartition(where.topic(), where.partition()))));
        return partitions;
    }

    /**
     * Drops what is noted of letters that are gone. Returns the keys of its records.
     *
     * @param beginnings the first offsets that there still are
     */
    List<String> drop(Map<TopicPartition, Long> beginnings) {
        List<String> dropped = new ArrayList<>();
        for (String name : List.copyOf(chunks.keySet())) {
            if (Where.of(name).filter(where -> isGone(where, beginnings)).isPresent()) {
                Chunk gone = chunks.remove(name);
                if (gone != null) {
                    dropped.addAll(gone.keys());
                }
            }
        }
        return dropped;
    }

    private boolean isGone(Where where, Map<TopicPartition, Long> beginnings) {
        String id = topicIds.get(where.topic());
        if (id == null || where.topicId().isEmpty()) {
            return false;
        }
        Long beginning = beginnings.get(new TopicPartition(where.topic(), where.partition()));
        return !id.equals(where.topicId()) || (beginning != null && (where.number() + 1) * CHUNK <= beginning);
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
        if (RunNotes.isKey(key)) {
            runs.read(key, record.value());
            return;
        }
        int slash = key.indexOf('/', PREFIX.length());
        int end = slash < 0 ? -1 : key.indexOf('/', slash + 1);
        if (!key.startsWith(PREFIX) || end < 0 || !key.substring(slash + 1, end).matches("\\d{1,14}")) {
            return; // somebody else's
        }
        String name = key.substring(0, end);
        if (record.value() == null) {
            chunks.computeIfPresent(name, (any, before) -> without(before, key));
        } else if (record.value().length <= CHUNK / Byte.SIZE) {
            BitSet read = BitSet.valueOf(record.value());
            chunks.compute(name, (any, before) -> Chunk.with(before, key, read));
        }
    }

    /** Another process has dropped a record: its letters are gone. */
    private static @Nullable Chunk without(Chunk before, String key) {
        Set<String> keys = new HashSet<>(before.keys());
        keys.remove(key);
        return keys.isEmpty() ? null : new Chunk(before.bits(), keys);
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
