package io.iotdarelay.kafka;

import java.util.List;
import java.util.Optional;

/**
 * How much of a Kafka cluster can be reached.
 *
 * @param trouble why a client cannot work, if so
 * @param unreachable problems of individual brokers; a client can work without them, unless it needs one of these
 */
public record Reach(Optional<String> trouble, List<String> unreachable) {

    /** Everything can be reached. */
    public static final Reach WHOLE = new Reach(Optional.empty(), List.of());

    public Reach {
        unreachable = List.copyOf(unreachable);
    }

    static Reach none(String why) {
        return new Reach(Optional.of("cannot reach Kafka: " + why), List.of(why));
    }
}
