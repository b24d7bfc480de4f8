package io.iotdarelay.provisioning;

import java.time.Duration;
import java.util.Set;

/**
 * A device that the platform has nothing to tell of.
 *
 * @param why a readable explanation
 * @param mayBeCreated whether it does not exist
 * @param decided the routes whose request to create it was decided: it would be decided likewise if it was made again soon
 * @param lasts for how long that counts
 */
record Unknown(String why, boolean mayBeCreated, Set<String> decided, Duration lasts) {

    Unknown {
        decided = Set.copyOf(decided);
    }

    /** Nobody has asked to create it. */
    Unknown(String why, boolean mayBeCreated, Duration lasts) {
        this(why, mayBeCreated, Set.of(), lasts);
    }
}
