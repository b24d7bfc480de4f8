package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class TopicReaderTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    @Test
    void takesTheTimestampOfTheRecord() {
        assertThat(timestamp(1_700_000_000_000L)).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(timestamp(0)).isEqualTo(Instant.EPOCH);
    }

    @Test
    void givesARecordWithoutATimestampThatOfItsArrival() {
        assertThat(timestamp(ConsumerRecord.NO_TIMESTAMP)).isEqualTo("2026-11-01T00:00:00Z");
    }

    private Instant timestamp(long milliseconds) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "topic",
                0,
                7,
                milliseconds,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
        return TopicReader.of(record, clock).timestamp();
    }
}
