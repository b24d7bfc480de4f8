package io.iotdarelay.source;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the brokers reported about topics. A topic about which they reported nothing is missing.
 *
 * @param askedAt when they were asked; everything is from then or later
 * @param states the state of each topic that they were asked about
 * @param names all visible topics, if that was asked
 */
record TopicsView(Instant askedAt, Map<String, State> states, Optional<Set<String>> names) {

    /** The state of a topic, for a reader. */
    enum State {
        READABLE,
        FORBIDDEN,
        ABSENT
    }

    static final TopicsView NOTHING = new TopicsView(Instant.EPOCH, Map.of(), Optional.empty());

    TopicsView {
        states = Map.copyOf(states);
        names = names.map(Set::copyOf);
    }
}
