package io.iotdarelay.compare.engine;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.PollContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What both engines with Confluent's Parallel Consumer have in common. */
final class ParallelConsumer {

    private ParallelConsumer() {}

    static Encoder.Post encode(Encoder encoder, PollContext<byte[], byte[]> context) {
        ConsumerRecord<byte[], byte[]> record = context.getSingleConsumerRecord();
        return encoder.encode(record.value(), record.topic(), record.partition(), record.offset());
    }

    static ParallelConsumerOptions<byte[], byte[]> options(Setting setting) {
        return ParallelConsumerOptions.<byte[], byte[]>builder()
                .consumer(setting.newConsumer())
                .ordering(ProcessingOrder.KEY)
                .maxConcurrency(setting.scene().inFlight())
                .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
                // It looks for a private field of older consumers.
                .ignoreReflectiveAccessExceptionsForAutoCommitDisabledCheck(true)
                .build();
    }
}
