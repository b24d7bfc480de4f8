package io.iotdarelay.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A dead letter, as it is found in the dead-letter topic. */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record) {

    /** All of a dead-letter topic. */
    public static List<DeadLetter> all(LocalKafka kafka, String topic) {
        return kafka.records(topic).stream().map(DeadLetter::new).toList();
    }

    public String reason() {
        return String.valueOf(text("iotda-relay-reason"));
    }

    public String detail() {
        return String.valueOf(text("iotda-relay-detail"));
    }

    /** How many requests carried the record. */
    public int attempts() {
        return Integer.parseInt(String.valueOf(text("iotda-relay-attempts")));
    }

    /** The record's key, as text. */
    public String key() {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    /** The record's value, as text. */
    public String value() {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    /** A header's value, as text. */
    public @Nullable String text(String header) {
        Header found = record.headers().lastHeader(header);
        return found == null || found.value() == null ? null : new String(found.value(), StandardCharsets.UTF_8);
    }

    /** The record that sends it through its route again: what it was, to where it came from. */
    public ProducerRecord<byte[], byte[]> redriven() {
        return new ProducerRecord<>(
                String.valueOf(text("kafka_dlt-original-topic")), null, record.key(), record.value(), record.headers());
    }
}
