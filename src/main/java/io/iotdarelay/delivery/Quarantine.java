package io.iotdarelay.delivery;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry.Barrier;
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
 * Devices that were set aside, because the platform refuses them or because they fail while others succeed: their records
 * become dead letters at once, without a request. The first record after an interval is a probe, and each failed probe
 * lengthens the interval; the first record after the device's credentials change in the directory is a probe, too. Written
 * by one event loop; any thread may read. It holds no device that is not in the directory, or whose partition has left.
 */
final class Quarantine {

    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);

    /** This many are logged one by one; a whole fleet would flood the log. */
    private static final int LOGGED_SINGLY = 20;

    /**
     * A device that was set aside.
     *
     * @param owner of the partition that its record came from
     * @param reason the reason of its dead letters
     * @param answer the platform's response, if there was one
     * @param since when it was set aside first
     * @param refusals how often in a row
     * @param nextProbe from when on its next record is a probe
     * @param isFrozen whether it was set aside because it is frozen, without being asked to authenticate
     */
    record Refusal(
            DeviceCredentials credentials,
            Assignment owner,
            RejectionReason reason,
            Optional<PlatformAnswer> answer,
            Instant since,
            int refusals,
            Instant nextProbe,
            boolean isFrozen) {

        String describe() {
            return (isFrozen ? Barrier.FROZEN.meaning() : reason.meaning()) + "; set aside " + refusals
                    + " times since "
                    + since.truncatedTo(ChronoUnit.SECONDS) + ", next probe after "
                    + nextProbe.truncatedTo(ChronoUnit.SECONDS);
        }
    }

    private final Map<DeviceId, Refusal> refused = new ConcurrentHashMap<>();
    private final List<Duration> probes;
    private final InstantSource time;

    /** Twice as many are news: how many there were when that was logged last, or the fewest since then if most of these are gone. */
    private int reported = LOGGED_SINGLY;

    /**
     * An empty one.
     *
     * @param probes how long after the first, second, ... refusal a record probes
     */
    Quarantine(List<Duration> probes, InstantSource time) {
        this.probes = List.copyOf(probes);
        this.time = time;
    }

    /** The refusal that still holds for a device with these credentials, if one does. */
    Optional<Refusal> holds(DeviceCredentials credentials) {
        return holds(credentials, true);
    }

    /**
     * The same.
     *
     * @param isFrozen whether it is known to be frozen: otherwise one that was set aside for that may try at once
     */
    Optional<Refusal> holds(DeviceCredentials credentials, boolean isFrozen) {
        Refusal refusal = refused.get(credentials.device());
        return refusal != null
                        && refusal.credentials().equals(credentials)
                        && (isFrozen || !refusal.isFrozen())
                        && time.instant().isBefore(refusal.nextProbe())
                ? Optional.of(refusal)
                : Optional.empty();
    }

    /** Whether the device was set aside, even if it may probe now. */
    boolean holds(DeviceId device) {
        return refused.containsKey(device);
    }

    /** The same, if it was set aside because it failed for long. */
    boolean holdsAsFailing(DeviceId device) {
        Refusal refusal = refused.get(device);
        return refusal != null && refusal.reason() == RejectionReason.DEVICE_FAILING;
    }

    /** Sets the device aside. */
    void setAside(
            DeviceCredentials credentials, Assignment owner, RejectionReason reason, Optional<PlatformAnswer> answer) {
        setAside(credentials, owner, reason, answer, false);
    }

    /** Sets a device aside that is frozen, as the platform told. */
    void setFrozenAside(DeviceCredentials credentials, Assignment owner) {
        setAside(credentials, owner, RejectionReason.DEVICE_REJECTED, Optional.empty(), true);
    }

    private void setAside(
            DeviceCredentials credentials,
            Assignment owner,
            RejectionReason reason,
            Optional<PlatformAnswer> answer,
            boolean isFrozen) {
        Instant now = time.instant();
        Refusal known = refused.get(credentials.device());
        Optional<Refusal> before = Optional.ofNullable(known)
                .filter(refusal -> refusal.credentials().equals(credentials));
        int refusals = before.map(Refusal::refusals).orElse(0) + 1;
        Duration wait = probes.get(Math.min(refusals, probes.size()) - 1);
        Instant since = before.map(Refusal::since).orElse(now);
        refused.put(
                credentials.device(),
                new Refusal(credentials, owner, reason, answer, since, refusals, now.plus(wait), isFrozen));
        if (before.isEmpty()) {
            announce(credentials.device(), reason, answer);
        }
    }

    private void announce(DeviceId device, RejectionReason reason, Optional<PlatformAnswer> answer) {
        int count = refused.size();
        if (count < reported / 2) {
            reported = Math.max(count, LOGGED_SINGLY);
        }
        if (count <= LOGGED_SINGLY) {
            log.atWarn()
                    .addKeyValue("deviceId", device)
                    .addKeyValue("reason", reason.code())
                    .addKeyValue(
                            "errorCode", answer.map(PlatformAnswer::errorCode).orElse("none"))
                    .log("A device was set aside; its records become dead letters until a probe succeeds");
        } else if (count >= 2 * reported) {
            reported = count;
            log.atWarn()
                    .addKeyValue("devices", count)
                    .log("Many devices are set aside; the actuator endpoint 'quarantine' lists them");
        }
    }

    /** The device authenticated. That ends its quarantine only if it was set aside for not being able to. */
    void authenticated(DeviceId device) {
        Refusal refusal = refused.get(device);
        if (refusal != null && refusal.reason() == RejectionReason.DEVICE_REJECTED) {
            readmit(device);
        }
    }

    /** A request of the device succeeded. */
    void readmit(DeviceId device) {
        if (!refused.isEmpty() && refused.remove(device) != null && refused.size() < LOGGED_SINGLY) {
            log.atInfo().addKeyValue("deviceId", device).log("A device works again and is no longer set aside");
        }
    }

    /** The device's refusal, even if it may probe now. */
    Optional<Refusal> find(DeviceId device) {
        return Optional.ofNullable(refused.get(device));
    }

    /** An operator has it tried again. Returns whether it was set aside. */
    boolean lift(DeviceId device) {
        return refused.remove(device) != null;
    }

    /** Forgets devices that no longer belong to this instance. */
    void forgetUnknown(DeviceDirectory directory) {
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
