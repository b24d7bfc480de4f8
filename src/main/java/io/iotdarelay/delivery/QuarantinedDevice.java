package io.iotdarelay.delivery;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.Optional;

/**
 * A device that the platform refuses.
 *
 * @param errorCode the platform's
 * @param since when it was refused first
 * @param refusals how often in a row
 * @param nextProbe from when on a record of it tries again
 */
public record QuarantinedDevice(
        DeviceId device, Optional<String> errorCode, Instant since, int refusals, Instant nextProbe) {

    static QuarantinedDevice of(Quarantine.Refusal refusal) {
        return new QuarantinedDevice(
                refusal.credentials().device(),
                refusal.answer().flatMap(answer -> Optional.ofNullable(answer.errorCode())),
                refusal.since(),
                refusal.refusals(),
                refusal.nextProbe());
    }
}
