package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.Lane;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.Permit;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.limits.Waiter;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.tracing.RequestTrace;
import java.util.List;
import java.util.Optional;
import reactor.core.Disposables;

/**
 * The requests of a lane, one at a time: an authentication, or a report from its permit to its verdict. A permit is closed
 * here on every path. Belongs to the lane's event loop.
 */
final class LaneRequests {

    private final LaneResources with;
    private final Lane lane;
    private final LaneActivity activity;
    private final Owner owner;

    /** The lane that the requests are sent for, which waits for the limits. */
    interface Owner extends Waiter {

        /** Something that a request needs is missing. */
        void advance();

        /** The circuit breakers refuse a request of this kind. */
        void park(RequestKind kind);

        /** An authentication with these credentials is over, or was not even started. */
        void authenticated(DeviceCredentials credentials, Authentication result);

        /** The platform's verdict on a request. */
        void answered(RequestInFlight done, Verdict verdict, boolean slowedWithAll);

        /** A defect of the relay before a request was sent. */
        void onDefect(Throwable defect);

        /** A defect of the relay after this batch was sent. */
        void onDefect(Batch batch, Throwable defect);
    }

    LaneRequests(LaneResources resources, Lane lane, LaneActivity activity, Owner owner) {
        this.with = resources;
        this.lane = lane;
        this.activity = activity;
        this.owner = owner;
    }

    /** Waits for a token, on behalf of the lane's first record. */
    void authenticate(DeviceCredentials credentials, LaneEntry first) {
        activity.waitFor(
                WaitReason.TOKEN,
                () -> with.tokens()
                        .fetch(credentials, first.record().assignment())
                        .subscribe(
                                result -> onBehalfOfFirst(() -> owner.authenticated(credentials, result)),
                                defect -> onBehalfOfFirst(() -> owner.onDefect(defect))));
    }

    /** Asks for the record only now: what waits for the token must not keep it, with its value, beyond its end. */
    private void onBehalfOfFirst(Runnable step) {
        lane.first()
                .ifPresentOrElse(
                        first -> with.tracing().onBehalfOf(first.record().record(), () -> run(step)), () -> run(step));
    }

    private void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            owner.onDefect(defect);
        }
    }

    /** Waits for a slot, and sends what is then next in the lane. */
    void sendNext() {
        activity.waitFor(WaitReason.SLOT, () -> with.limits().acquire(RequestKind.REPORT, lane.sender(), this::depart));
    }

    /** Aborts a request that is no longer needed. */
    void abandon(RequestInFlight request) {
        activity.ended(request);
        request.abandon();
        owner.advance();
    }

    /** There is a slot. The permit is closed here, or when the request is over. */
    private void depart(Permit permit) {
        boolean sent = false;
        try {
            sent = trySend(permit);
        } catch (RuntimeException defect) {
            owner.onDefect(defect);
        } finally {
            if (!sent) {
                permit.close();
            }
        }
    }

    private boolean trySend(Permit permit) {
        activity.stopWaiting();
        Optional<AccessToken> token = lane.first()
                .flatMap(first ->
                        with.tokens().cached(lane.sender(), first.record().assignment()));
        Optional<Batch> taken = token.isPresent()
                ? lane.takeTightly(with.rules().packing(), with.limits().mostUnits())
                : Optional.empty();
        if (token.isEmpty() || taken.isEmpty()) {
            owner.advance();
            return false;
        }
        Batch batch = taken.get();
        List<Report> reports = batch.reports();
        boolean sent = false;
        try {
            if (mayLeave(permit, reports)) {
                send(batch.attempted(), reports, token.get(), permit);
                sent = true;
            }
        } finally {
            if (!sent) {
                lane.putBackUnsent(batch);
                with.limits().grown(RequestKind.REPORT, owner);
            }
        }
        return sent;
    }

    private boolean mayLeave(Permit permit, List<Report> reports) {
        if (!permit.tryAdmit()) {
            owner.park(RequestKind.REPORT);
            return false;
        }
        if (!permit.tryCharge(owner, with.client().cost(reports))) {
            activity.waitFor(WaitReason.QUOTA);
            return false;
        }
        return true;
    }

    private void send(Batch batch, List<Report> reports, AccessToken token, Permit permit) {
        RequestTrace trace = with.tracing().report(batch.records(), batch.attempts());
        permit.sent();
        with.spacing().sent(lane.sender());
        RequestInFlight request = new RequestInFlight(batch, token, trace, Disposables.swap(), permit);
        activity.sending(request);
        request.exchange()
                .update(with.client()
                        .report(token, reports, trace)
                        .subscribe(
                                verdict -> trace.within(() -> answered(request, verdict)),
                                defect -> trace.within(() -> failed(request, defect))));
    }

    private void answered(RequestInFlight done, Verdict verdict) {
        activity.ended(done);
        with.ended(RequestKind.REPORT, lane.sender(), verdict);
        try {
            owner.answered(done, verdict, done.judge(verdict));
        } catch (RuntimeException defect) {
            owner.onDefect(done.batch(), defect);
        } finally {
            done.permit().close();
        }
    }

    private void failed(RequestInFlight done, Throwable defect) {
        activity.ended(done);
        try {
            done.failed();
            owner.onDefect(done.batch(), defect);
        } finally {
            done.permit().close();
        }
    }
}
