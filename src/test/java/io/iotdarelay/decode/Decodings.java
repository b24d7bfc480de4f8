package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Decodes values in tests. */
final class Decodings {

    static final Instant NOW = Instant.parse("2026-01-01T10:00:00.500Z");

    private Decodings() {}

    /** A value as JSON. */
    static String json(Encoding encoding, byte[] value, String... namesAndHeaders) {
        return tree(encoding, value, namesAndHeaders).toString();
    }

    static JsonNode tree(Encoding encoding, byte[] value, String... namesAndHeaders) {
        return switch (decoding(encoding, value, namesAndHeaders)) {
            case Decoding.Decoded decoded -> decoded.tree();
            case Decoding other -> throw new AssertionError(other);
        };
    }

    /** Why a value is undecodable. Names no class and no switch of a library. */
    static String detail(Encoding encoding, byte[] value, String... namesAndHeaders) {
        return switch (decoding(encoding, value, namesAndHeaders)) {
            case Decoding.Undecodable undecodable -> {
                assertThat(undecodable.detail())
                        .isNotBlank()
                        .doesNotContainPattern("[A-Z]{2,}_[A-Z]|Feature|Constraints|Exception|tools\\.|java\\.");
                yield undecodable.detail();
            }
            case Decoding other -> throw new AssertionError(other);
        };
    }

    static Decoding decoding(Encoding encoding, byte[] value, String... namesAndHeaders) {
        List<RecordHeader> headers = new ArrayList<>();
        for (int i = 0; i < namesAndHeaders.length; i += 2) {
            headers.add(new RecordHeader(namesAndHeaders[i], utf8(namesAndHeaders[i + 1])));
        }
        return RecordDecoders.standard()
                .of(encoding)
                .decode(new SourceRecord(new RecordPosition("topic", 0, 0), NOW, null, value, headers));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
