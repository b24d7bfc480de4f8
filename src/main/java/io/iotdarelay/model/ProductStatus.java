package io.iotdarelay.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How it is with the model of a product.
 *
 * @param source where the model in force comes from
 * @param state of the file, it is always that of the last valid one
 * @param answered when the platform last answered with a model that could be read
 * @param reason why the model of the platform is not in force
 * @param change what changed last, while the relay was running
 */
public record ProductStatus(
        String product,
        Source source,
        State state,
        Optional<Instant> answered,
        Optional<String> reason,
        Optional<Change> change) {

    /** Where a model comes from. */
    public enum Source {
        FILE,
        PLATFORM,
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the model is that of its source. The codes stand in metrics and do not change. */
    public enum State {
        /** It is. */
        CURRENT,
        /** The platform does not answer: an earlier model is in force, or that of the file. */
        KEPT,
        /** The platform has no model that can be used: an earlier one is in force, or none. */
        REFUSED,
        /** The platform has not answered yet: none is in force. */
        UNKNOWN;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A model that took the place of another one.
     *
     * @param what the services and properties that differ
     */
    public record Change(Instant at, List<String> what) {
        public Change {
            what = List.copyOf(what);
        }
    }
}
