package io.iotdarelay.telemetry;

/** A partition that records come from. */
public record SourcePartition(String topic, int partition) {

    /** {@code topic-partition}, as Kafka writes it. */
    @Override
    public String toString() {
        return topic + '-' + partition;
    }
}
