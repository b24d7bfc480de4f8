package io.iotdarelay.compare.engine;

import io.iotdarelay.compare.Records;
import reactor.core.publisher.Flux;

/** Posts records that it makes itself: the limit of what a client can do with this stack. */
final class Bare {

    private Bare() {}

    static void run(Setting setting) {
        ReactorPoster poster = new ReactorPoster(setting);
        Encoder encoder = new Encoder(setting.scene().to());
        Records records = new Records(setting.scene());
        Flux.range(0, setting.scene().records())
                .map(i -> encoder.encode(records.next(Records.micros()).value(), setting.topic(), 0, i))
                .flatMap(poster::post, setting.scene().inFlight(), 1)
                .blockLast();
    }
}
