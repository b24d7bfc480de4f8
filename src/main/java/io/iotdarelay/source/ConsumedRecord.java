package io.iotdarelay.source;

import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Converts Kafka's records to the relay's. Pure. */
final class ConsumedRecord {

    private ConsumedRecord() {}

    /**
     * The same record in the relay's vocabulary.
     *
     * @param wall gives the timestamp for a record that has none
     */
    static SourceRecord of(ConsumerRecord<byte[], byte[]> consumed, InstantSource wall) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : consumed.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new SourceRecord(
                new RecordPosition(consumed.topic(), consumed.partition(), consumed.offset()),
                consumed.timestamp() < 0 ? wall.instant() : Instant.ofEpochMilli(consumed.timestamp()),
                consumed.key(),
                consumed.value(),
                headers);
    }
}
