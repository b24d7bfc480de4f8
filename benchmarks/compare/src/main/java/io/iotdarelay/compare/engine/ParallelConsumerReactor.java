package io.iotdarelay.compare.engine;

import io.confluent.parallelconsumer.reactor.ReactorProcessor;
import java.util.List;

/** Parallel Consumer in the order of keys, with Reactor and its client. */
final class ParallelConsumerReactor {

    private ParallelConsumerReactor() {}

    static void run(Setting setting) {
        Encoder encoder = new Encoder(setting.scene().to());
        ReactorPoster poster = new ReactorPoster(setting);
        ReactorProcessor<byte[], byte[]> processor = new ReactorProcessor<>(ParallelConsumer.options(setting));
        processor.subscribe(List.of(setting.topic()));
        // A record is done when its publisher emits something, not when it completes.
        processor.react(context ->
                poster.post(ParallelConsumer.encode(encoder, context)).thenReturn(Boolean.TRUE));
    }
}
