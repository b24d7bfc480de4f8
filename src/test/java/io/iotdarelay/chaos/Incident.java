package io.iotdarelay.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One or two disturbances at a time.
 *
 * @param recoveredAt when everything that had been produced until its end was settled; it is the end of the test where that never
 *     came
 * @param inTime whether that came in time
 */
record Incident(List<Disturbance> disturbances, Instant beganAt, Instant endedAt, Instant recoveredAt, boolean inTime) {

    boolean mayRepeat() {
        return disturbances.stream().anyMatch(Disturbance::mayRepeat);
    }

    boolean isCrash() {
        return disturbances.contains(Disturbance.KILL);
    }

    boolean covers(Instant moment) {
        return !moment.isBefore(beganAt) && !moment.isAfter(recoveredAt);
    }

    Duration recovery() {
        return Duration.between(endedAt, recoveredAt);
    }

    String describe(Instant start) {
        return "t+" + Duration.between(start, beganAt).toSeconds() + " s " + disturbances + " for "
                + Duration.between(beganAt, endedAt).toMillis() + " ms, recovered in "
                + recovery().toMillis() + " ms"
                + (inTime ? "" : " TOO LATE");
    }
}
