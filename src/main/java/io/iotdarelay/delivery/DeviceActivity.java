package io.iotdarelay.delivery;

import io.iotdarelay.auth.TokenAge;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Instant;
import java.util.Optional;

/**
 * What this instance does for a device that sends: a direct one, or a gateway. A moment's picture.
 *
 * @param waiting how many reports wait in its lane, besides those in flight
 * @param inFlight how many reports are in the request that is in flight
 * @param oldest the record that the lane works on, and what it waits for
 * @param nextAttempt when the lane tries again, if it waits for a time
 * @param token its age, if there is one
 * @param quarantine if it is set aside
 * @param last how its last request ended, as far as that is remembered
 */
public record DeviceActivity(
        int waiting,
        int inFlight,
        Optional<Whereabouts> oldest,
        Optional<Instant> nextAttempt,
        Optional<TokenAge> token,
        Optional<QuarantinedDevice> quarantine,
        Optional<LastRequest> last) {}
