package io.iotdarelay.provisioning;

import io.iotdarelay.appside.Device;
import java.time.Duration;
import java.util.Optional;

/** What became of a device that was to be created. */
public sealed interface Registration {

    /** It is there now. Its secret is known; a child has its gateway. */
    record Created(Device device) implements Registration {}

    /**
     * It was there already, with the product and the gateway that the record says. Its secret is empty where the platform does not show it.
     */
    record Existed(Device device) implements Registration {}

    /**
     * It is not created, and would not be if it was asked for again soon.
     *
     * @param why a readable explanation without secrets
     */
    record Refused(String why) implements Registration {}

    /**
     * Not now: the route's cap is reached, it is a dry run, or there is no answer. Later it may be.
     *
     * @param why a readable explanation without secrets
     * @param soon whether another try may soon succeed: there was no answer, or too many calls
     * @param next after how long another try may succeed; empty if nobody can tell
     */
    record Withheld(String why, boolean soon, Optional<Duration> next) implements Registration {

        /** Nobody can tell until when. */
        Withheld(String why, boolean soon) {
            this(why, soon, Optional.empty());
        }

        /** Not for a while. */
        Withheld(String why) {
            this(why, false);
        }
    }
}
