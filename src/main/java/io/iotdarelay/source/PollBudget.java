package io.iotdarelay.source;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Limits the bytes that one poll returns. Its deserializers copy keys and values unchanged, and refuse a record once the
 * poll is full. Belongs to the poll thread.
 *
 * <p>It relies on how the consumer handles a record that cannot be deserialized: the poll returns the records before it, and
 * the next poll tries that record again. So a refusal ends the poll early and loses nothing. Only a refusal of the first
 * record makes the poll fail, and the first record is refused only if it is too large by itself.
 */
final class PollBudget {

    private final ReadLimits limits;
    private long left;
    private boolean hasRecord;
    private boolean full;

    PollBudget(ReadLimits limits) {
        this.limits = limits;
        this.left = limits.poll();
    }

    /** A poll begins. */
    void pollBegins() {
        left = limits.poll();
        hasRecord = false;
        full = false;
    }

    /** Whether the last poll ended early. Then the consumer holds a record, decompressed, that it has not returned. */
    boolean isFull() {
        return full;
    }

    /** Of keys, which come first. The key of the first record finds the budget whole. */
    Deserializer<byte[]> keys() {
        return new Bounded() {
            @Override
            boolean isRefused() {
                return left <= 0;
            }
        };
    }

    /** Of values. A record whose own key has used up the budget is not refused. */
    Deserializer<byte[]> values() {
        return new Bounded() {
            @Override
            boolean isRefused() {
                boolean refused = left <= 0 && hasRecord;
                hasRecord = true;
                return refused;
            }
        };
    }

    private abstract class Bounded implements Deserializer<byte[]> {

        abstract boolean isRefused();

        @Override
        public byte @Nullable [] deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
            if (data == null) {
                return null;
            }
            int size = data.remaining();
            if (size > limits.record()) {
                throw new SerializationException("the next record has " + size
                        + " bytes uncompressed; with this heap at most " + limits.record() + " can be read");
            }
            if (isRefused()) {
                full = true;
                throw new SerializationException("the poll returns no more bytes");
            }
            left -= size;
            for (var header : headers) {
                left -= header.value() == null ? 0 : header.value().length;
            }
            return Utils.toArray(data);
        }

        /** Not how a consumer calls it. */
        @Override
        public byte @Nullable [] deserialize(String topic, byte @Nullable [] data) {
            throw new UnsupportedOperationException();
        }
    }
}
