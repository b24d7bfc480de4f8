package io.iotdarelay.telemetry;

/** The position of a record in Kafka. */
public record RecordPosition(String topic, int partition, long offset) {

    public SourcePartition sourcePartition() {
        return new SourcePartition(topic, partition);
    }

    /** {@code topic-partition-offset}: unique as long as the topic is not recreated. */
    @Override
    public String toString() {
        return topic + '-' + partition + '-' + offset;
    }
}
