package io.iotdarelay.provisioning;

import io.iotdarelay.appside.Device;
import java.time.Duration;
import java.util.Optional;

/**
 * How a request to create a device ended.
 *
 * @param outcome for the log and the metrics
 */
record Ending(Registration registration, Outcome outcome) {

    /** What became of the device. */
    enum Outcome {
        CREATED("created"),
        EXISTED("existed"),
        /** It was there, behind another gateway. */
        MOVED("moved"),
        /** By the route's rules, before the platform was asked. */
        NOT_PERMITTED("refused"),
        /** By the platform, or because of what is there. */
        REFUSED("refused"),
        CAPPED("capped"),
        DRY_RUN("dry-run"),
        WITHHELD("withheld"),
        /** There is no answer to a request that may have been carried out. */
        LOST("withheld");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }

        /** As in the metrics' label {@code outcome}. */
        String label() {
            return label;
        }

        /** Whether it is nobody's decision: there was no answer. */
        boolean mayPass() {
            return this == WITHHELD || this == LOST;
        }

        /** Whether something was changed on the platform, or may have been: it counts for the cap. */
        boolean counts() {
            return this == CREATED || this == MOVED || this == LOST;
        }
    }

    static Ending created(Device device) {
        return new Ending(new Registration.Created(device), Outcome.CREATED);
    }

    static Ending existed(Device device) {
        return new Ending(new Registration.Existed(device), Outcome.EXISTED);
    }

    static Ending moved(Device device) {
        return new Ending(new Registration.Existed(device), Outcome.MOVED);
    }

    static Ending refused(Outcome outcome, String why) {
        return new Ending(new Registration.Refused(why), outcome);
    }

    static Ending withheld(Outcome outcome, String why) {
        return new Ending(new Registration.Withheld(why, outcome.mayPass()), outcome);
    }

    /** The cap is reached, and a slot is free after this time. */
    static Ending capped(String why, Duration next) {
        return new Ending(new Registration.Withheld(why, false, Optional.of(next)), Outcome.CAPPED);
    }

    /** Why the device is not there; empty if it is. */
    String why() {
        return switch (registration) {
            case Registration.Refused refused -> refused.why();
            case Registration.Withheld withheld -> withheld.why();
            case Registration.Created ignored -> "";
            case Registration.Existed ignored -> "";
        };
    }
}
