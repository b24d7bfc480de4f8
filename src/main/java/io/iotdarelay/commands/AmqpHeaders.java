package io.iotdarelay.commands;

import io.iotdarelay.decode.Utf8;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/** Recognises headers that are values of AMQP 1.0, as Azure Event Hubs writes them: texts, symbols and times. */
final class AmqpHeaders {

    private static final int TIME = 0x83;
    private static final int TEXT = 0xa1;
    private static final int SYMBOL = 0xa3;
    private static final int BYTE = 0xff;
    private static final int FRAME = 2;

    private AmqpHeaders() {}

    /** Whether a record has such a text. */
    static boolean areIn(SourceRecord record) {
        return record.headers().stream().map(RecordHeader::value).anyMatch(value -> value != null && isText(value));
    }

    private static boolean isText(byte[] value) {
        return value.length > FRAME
                && ((value[0] & BYTE) == TEXT || (value[0] & BYTE) == SYMBOL)
                && (value[1] & BYTE) == value.length - FRAME;
    }

    /**
     * What a header says, if that can be read.
     *
     * @param amqp whether headers are values of AMQP; otherwise they are texts
     */
    static Optional<JsonNode> read(byte @Nullable [] value, boolean amqp) {
        if (amqp || value == null) {
            return read(value);
        }
        return Optional.ofNullable(Utf8.strict(value)).map(StringNode::valueOf);
    }

    /** A text or a time. */
    private static Optional<JsonNode> read(byte @Nullable [] value) {
        if (value == null) {
            return Optional.empty();
        }
        if (isText(value)) {
            return Optional.of(JsonNodeFactory.instance.stringNode(
                    new String(value, FRAME, value.length - FRAME, StandardCharsets.UTF_8)));
        }
        return value.length == 1 + Long.BYTES && (value[0] & BYTE) == TIME
                ? Optional.of(JsonNodeFactory.instance.numberNode(
                        ByteBuffer.wrap(value).getLong(1)))
                : Optional.empty();
    }
}
