package io.iotdarelay.settle;

import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * The headers of a dead letter: the record's own, byte for byte; spring-kafka's, so that its tools can find the original
 * record; and the relay's, as UTF-8 text, with the reason. The relay's headers from an earlier round are replaced.
 */
final class DeadLetterHeaders {

    static final String PREFIX = "iotda-relay-";
    static final String REASON = PREFIX + "reason";
    static final String DETAIL = PREFIX + "detail";
    static final String DEVICE_ID = PREFIX + "device-id";
    static final String ROUTE = PREFIX + "route";
    static final String HTTP_STATUS = PREFIX + "http-status";
    static final String ERROR_CODE = PREFIX + "error-code";
    static final String RESPONSE = PREFIX + "response";
    static final String ATTEMPTS = PREFIX + "attempts";
    static final String FAILED_AT = PREFIX + "failed-at";
    static final String FAILED_PARTS = PREFIX + "failed-parts";
    static final String DELIVERED_PARTS = PREFIX + "delivered-parts";
    static final String REDRIVES = PREFIX + "redrives";

    /** The bytes of a detail. A stack trace, which belongs to a record as a whole, may have more. */
    private static final int MOST_DETAIL = 4 * 1024;

    private static final int MOST_STACK_TRACE = 8 * 1024;

    private DeadLetterHeaders() {}

    /**
     * The headers.
     *
     * @param parts without them the record failed as a whole, and what was delivered of it before still counts
     */
    static Iterable<Header> of(
            RecordInFlight inFlight,
            Rejection rejection,
            @Nullable FailedParts parts,
            String consumerGroup,
            Instant now) {
        SourceRecord record = inFlight.record();
        List<Header> headers = new ArrayList<>();
        long redrives = 0;
        for (RecordHeader header : record.headers()) {
            if (!header.name().startsWith(PREFIX)) {
                headers.add(header(header.name(), header.value()));
            } else if (header.name().equals(REDRIVES) && header.value() != null) {
                redrives = oneMoreThan(header.value());
            } else if (header.name().equals(DELIVERED_PARTS) && parts == null) {
                headers.add(header(header.name(), header.value()));
            }
        }
        RecordPosition origin = inFlight.origin();
        headers.add(text(KafkaHeaders.DLT_ORIGINAL_TOPIC, origin.topic()));
        headers.add(header(
                KafkaHeaders.DLT_ORIGINAL_PARTITION,
                ByteBuffer.allocate(Integer.BYTES).putInt(origin.partition()).array()));
        headers.add(number(KafkaHeaders.DLT_ORIGINAL_OFFSET, origin.offset()));
        headers.add(
                number(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, record.timestamp().toEpochMilli()));
        headers.add(text(KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP, consumerGroup));
        headers.add(text(REASON, rejection.reason().code()));
        headers.add(text(DETAIL, detail(rejection, parts)));
        if (rejection.device() != null) {
            headers.add(text(DEVICE_ID, rejection.device().value()));
        }
        headers.add(text(ROUTE, parts == null ? inFlight.route() : parts.route()));
        if (parts != null && !parts.failed().isEmpty()) {
            headers.add(text(FAILED_PARTS, parts.failed()));
        }
        if (parts != null && !parts.delivered().isEmpty()) {
            headers.add(text(DELIVERED_PARTS, parts.delivered()));
        }
        PlatformAnswer answer = rejection.answer();
        if (answer != null) {
            headers.add(text(HTTP_STATUS, Integer.toString(answer.status())));
            if (answer.errorCode() != null) {
                headers.add(text(ERROR_CODE, answer.errorCode()));
            }
            headers.add(text(RESPONSE, answer.excerpt()));
        }
        headers.add(text(ATTEMPTS, Integer.toString(rejection.attempts())));
        headers.add(text(FAILED_AT, now.truncatedTo(ChronoUnit.MILLIS).toString()));
        headers.add(text(REDRIVES, Long.toString(redrives)));
        return headers;
    }

    private static String detail(Rejection rejection, @Nullable FailedParts parts) {
        boolean trace = rejection.reason() == RejectionReason.INTERNAL_ERROR && parts == null;
        return Excerpt.of(rejection.detail(), trace ? MOST_STACK_TRACE : MOST_DETAIL);
    }

    /** The record was a dead letter before, and was redriven. */
    private static long oneMoreThan(byte[] redrives) {
        String number = new String(redrives, StandardCharsets.UTF_8);
        return number.matches("\\d{1,9}") ? Long.parseLong(number) + 1 : 1;
    }

    private static Header text(String name, String value) {
        return header(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Header number(String name, long value) {
        return header(name, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private static Header header(String name, byte @Nullable [] value) {
        return new org.apache.kafka.common.header.internals.RecordHeader(name, value);
    }
}
