package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Instant;
import java.util.Optional;

/**
 * A device that was set aside.
 *
 * @param reason the reason of its dead letters
 * @param errorCode the platform's error code
 * @param since when it was set aside
 * @param refusals how often in a row
 * @param nextProbe from when on its next record is a probe
 */
public record QuarantinedDevice(
        DeviceId device,
        RejectionReason reason,
        Optional<String> errorCode,
        Instant since,
        int refusals,
        Instant nextProbe) {

    static QuarantinedDevice of(Quarantine.Refusal refusal) {
        return new QuarantinedDevice(
                refusal.credentials().device(),
                refusal.reason(),
                refusal.answer().flatMap(answer -> Optional.ofNullable(answer.errorCode())),
                refusal.since(),
                refusal.refusals(),
                refusal.nextProbe());
    }
}
