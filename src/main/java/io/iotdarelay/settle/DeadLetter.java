package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A dead letter that Kafka has not acknowledged.
 *
 * @param headers those of the record, and what is said about the failure
 * @param attempts which attempt to write it is next, from 1 on
 */
record DeadLetter(RecordInFlight record, Rejection rejection, Iterable<Header> headers, int attempts) {

    DeadLetter again() {
        return new DeadLetter(record, rejection, headers, attempts + 1);
    }

    /** The same letter for another topic. */
    DeadLetter afresh() {
        return new DeadLetter(record, rejection, headers, 1);
    }

    ProducerRecord<byte[], byte[]> to(String topic) {
        return new ProducerRecord<>(
                topic, null, null, record.record().key(), record.record().value(), headers);
    }
}
