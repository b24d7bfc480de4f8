package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Clock;
import java.util.List;

/**
 * What stands between the lanes and the platform.
 *
 * @param configuration opens at the first answer that only a wrong configuration explains, and lets one request through now
 *     and then
 * @param reports for the calls that report
 * @param authentications for the call that authenticates
 */
record Breakers(Breaker configuration, Breaker reports, Breaker authentications, Clock clock) {

    List<Breaker> all() {
        return List.of(configuration, reports, authentications);
    }

    boolean tryReport() {
        return tryBoth(reports);
    }

    boolean tryAuthenticate() {
        return tryBoth(authentications);
    }

    /** While reports are answered, a device whose authentications fail is alone with that: most of the others have a token. */
    void reported(DeviceId device, Verdict verdict) {
        tell(reports, device, verdict);
        if (verdict instanceof Verdict.Accepted) {
            authentications.platformAnswered();
        }
    }

    void authenticated(DeviceId device, Verdict verdict) {
        tell(authentications, device, verdict);
    }

    /** An authentication that had a permission was given up, or broke off by a defect. */
    void authenticationCancelled() {
        configuration.withdraw();
        authentications.withdraw();
    }

    /** A report that had a permission was given up, or broke off by a defect. */
    void reportCancelled() {
        configuration.withdraw();
        reports.withdraw();
    }

    private boolean tryBoth(Breaker breaker) {
        if (!configuration.tryAcquire()) {
            return false;
        }
        if (!breaker.tryAcquire()) {
            configuration.withdraw();
            return false;
        }
        return true;
    }

    private void tell(Breaker breaker, DeviceId device, Verdict verdict) {
        switch (verdict) {
            case Verdict.Misconfigured wrong -> {
                configuration.failed(device, wrong.why(), clock.instant());
                breaker.withdraw();
            }
            case Verdict.Unavailable unavailable -> {
                configuration.withdraw();
                breaker.failed(device, unavailable.why(), clock.instant());
            }
            case Verdict.Throttled ignored -> {
                configuration.succeeded(device);
                breaker.withdraw();
            }
            case Verdict.Accepted ignored -> {
                configuration.succeeded(device);
                breaker.succeeded(device);
            }
            case Verdict.Answered ignored -> {
                configuration.succeeded(device);
                breaker.succeeded(device);
            }
        }
    }
}
