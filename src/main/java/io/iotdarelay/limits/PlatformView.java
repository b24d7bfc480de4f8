package io.iotdarelay.limits;

import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;

/** The state of the platform as one event loop sees it through one kind of request. Belongs to that loop. */
final class PlatformView {

    /** How many requests had succeeded when one was sent. */
    record Begun(long outages, long mistakes) {
        static final Begun NOTHING = new Begun(0, 0);
    }

    private final RequestKind kind;
    private final Breakers breakers;
    private final Breaker breaker;
    private final Misconfiguration misconfiguration;
    private final FailureHistory outages;
    private final FailureHistory mistakes;

    PlatformView(RequestKind kind, Breakers breakers) {
        this.kind = kind;
        this.breakers = breakers;
        this.breaker = breakers.of(kind);
        this.misconfiguration = breakers.misconfiguration();
        this.outages = breaker.history();
        this.mistakes = misconfiguration.evidence(kind).history();
    }

    /** Whether the last request of the device failed. */
    boolean isFailing(DeviceId device) {
        return outages.isFailing(device) || mistakes.isFailing(device);
    }

    Misconfiguration.Pass tryPass(boolean failing) {
        Misconfiguration.Pass pass = misconfiguration.tryPass(kind, failing);
        if (pass != Misconfiguration.Pass.NO && !breaker.tryAcquire()) {
            misconfiguration.withdraw(pass);
            return Misconfiguration.Pass.NO;
        }
        return pass;
    }

    Begun begun() {
        return new Begun(breaker.successes(), misconfiguration.evidence(kind).successes());
    }

    /** How many requests of this kind have succeeded so far, over all loops. */
    long successes() {
        return breaker.successes();
    }

    /** Returns whether the platform worked, whatever its response. */
    boolean judge(DeviceId device, Verdict verdict, Begun begun, Misconfiguration.Pass pass) {
        return switch (verdict) {
            case Verdict.Misconfigured wrong -> foreign(device, wrong.why(), begun, pass);
            case Verdict.Misaddressed wrong -> foreign(device, wrong.why(), begun, pass);
            case Verdict.Unavailable unavailable -> {
                misconfiguration.withdraw(pass);
                breaker.failed(
                        outages,
                        device,
                        begun.outages(),
                        unavailable.why(),
                        breakers.clock().instant());
                yield false;
            }
            case Verdict.Throttled ignored -> {
                misconfiguration.succeeded(kind, mistakes, device, pass);
                breaker.withdraw();
                yield true;
            }
            case Verdict.DeviceRefused ignored -> refused(device, verdict, begun, pass);
            case Verdict.Forbidden ignored -> refused(device, verdict, begun, pass);
            case Verdict.DeviceTrouble ignored -> refused(device, verdict, begun, pass);
            case Verdict.Answered ignored -> answered(device, pass);
            case Verdict.Accepted ignored -> answered(device, pass);
        };
    }

    private boolean foreign(DeviceId device, String why, Begun begun, Misconfiguration.Pass pass) {
        Misconfiguration.Failed failed =
                new Misconfiguration.Failed(why, FailureHistory.Weight.FOREIGN_ANSWER, begun.mistakes());
        misconfiguration.failed(kind, mistakes, device, failed, pass);
        breaker.withdraw();
        return false;
    }

    private boolean refused(DeviceId device, Verdict verdict, Begun begun, Misconfiguration.Pass pass) {
        String why = "the platform refuses every device: " + verdict.describe();
        misconfiguration.failed(
                kind,
                mistakes,
                device,
                new Misconfiguration.Failed(why, FailureHistory.Weight.REFUSAL, begun.mistakes()),
                pass);
        breaker.succeeded(outages, device);
        return true;
    }

    private boolean answered(DeviceId device, Misconfiguration.Pass pass) {
        misconfiguration.succeeded(kind, mistakes, device, pass);
        breaker.succeeded(outages, device);
        return true;
    }

    /** A permitted request says nothing about the platform. */
    void withdraw(Misconfiguration.Pass pass) {
        misconfiguration.withdraw(pass);
        breaker.withdraw();
    }

    /** A report was accepted, which counts as a success for authentications, too. */
    void reportAccepted() {
        breaker.platformAnswered();
        misconfiguration.reportAccepted();
    }
}
