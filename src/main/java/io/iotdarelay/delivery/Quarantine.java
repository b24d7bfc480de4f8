package io.iotdarelay.delivery;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Devices that the platform refuses, set aside: their records are dead letters at once, without a request. The first record
 * after a while tries again, and each refusal in a row makes the while longer; so does the first one after the directory has
 * other credentials for the device. Written by one event loop alone; anybody may look. It holds no device that the directory does
 * not know, or whose partition has left.
 */
final class Quarantine {

    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);

    /** So many refusals are told one by one; a whole fleet that is refused would flood the log. */
    private static final int TOLD_SINGLY = 20;

    /**
     * A device that was refused.
     *
     * @param owner of the partition that its record came from
     * @param answer what the platform said
     * @param since when it was refused first
     * @param refusals how often in a row
     * @param nextProbe from when on a record of it tries again
     */
    record Refusal(
            DeviceCredentials credentials,
            Assignment owner,
            Optional<PlatformAnswer> answer,
            Instant since,
            int refusals,
            Instant nextProbe) {

        String describe() {
            return RejectionReason.DEVICE_REJECTED.meaning() + "; refused " + refusals + " times since "
                    + since.truncatedTo(ChronoUnit.SECONDS) + ", tried again after "
                    + nextProbe.truncatedTo(ChronoUnit.SECONDS);
        }
    }

    private final Map<DeviceId, Refusal> refused = new ConcurrentHashMap<>();
    private final List<Duration> probes;
    private final InstantSource time;

    /**
     * An empty one.
     *
     * @param probes how long after the first, second, ... refusal a record tries again
     */
    Quarantine(List<Duration> probes, InstantSource time) {
        this.probes = List.copyOf(probes);
        this.time = time;
    }

    /** The refusal that still holds for a device with these credentials, if one does. */
    Optional<Refusal> holds(DeviceCredentials credentials) {
        Refusal refusal = refused.get(credentials.device());
        return refusal != null
                        && refusal.credentials().equals(credentials)
                        && time.instant().isBefore(refusal.nextProbe())
                ? Optional.of(refusal)
                : Optional.empty();
    }

    /** The platform refused the device. */
    void refuse(DeviceCredentials credentials, Assignment owner, Optional<PlatformAnswer> answer) {
        Instant now = time.instant();
        Refusal known = refused.get(credentials.device());
        Optional<Refusal> before = Optional.ofNullable(known)
                .filter(refusal -> refusal.credentials().equals(credentials));
        int refusals = before.map(Refusal::refusals).orElse(0) + 1;
        Duration wait = probes.get(Math.min(refusals, probes.size()) - 1);
        Instant since = before.map(Refusal::since).orElse(now);
        refused.put(credentials.device(), new Refusal(credentials, owner, answer, since, refusals, now.plus(wait)));
        if (before.isEmpty()) {
            tell(credentials.device(), answer);
        }
    }

    private void tell(DeviceId device, Optional<PlatformAnswer> answer) {
        int count = refused.size();
        if (count <= TOLD_SINGLY) {
            log.atWarn()
                    .addKeyValue("deviceId", device)
                    .addKeyValue(
                            "errorCode", answer.map(PlatformAnswer::errorCode).orElse("none"))
                    .log("The platform refuses a device; its records are dead letters until it is accepted again");
        } else if (Integer.bitCount(count) == 1) {
            log.atWarn()
                    .addKeyValue("devices", count)
                    .log("The platform refuses many devices; the actuator's endpoint 'quarantine' lists them");
        }
    }

    /** The platform accepts the device. */
    void release(DeviceId device) {
        if (refused.remove(device) != null && refused.size() < TOLD_SINGLY) {
            log.atInfo().addKeyValue("deviceId", device).log("A device is accepted again");
        }
    }

    /** Forgets devices that are not this instance's any more. */
    void forgetStrangers(DeviceDirectory directory) {
        refused.values()
                .removeIf(refusal -> !refusal.owner().isCurrent()
                        || directory.credentials(refusal.credentials().device()).isEmpty());
    }

    int size() {
        return refused.size();
    }

    Stream<Refusal> all() {
        return refused.values().stream();
    }
}
