package io.iotdarelay.limits;

import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceId;
import java.util.List;

/**
 * The right to send one request: its slots, its permission from the circuit breakers, and its in-flight count. One object
 * owns them all and returns them when it is closed, which has to happen exactly once on every path. Belongs to one event
 * loop.
 */
public final class Permit implements AutoCloseable {

    private final RequestLimits limits;
    private final RequestKind kind;
    private final DeviceId device;
    private final List<ConcurrencyLimit.Slot> slots;
    private final boolean failing;
    private State state = State.WAITING;
    private Misconfiguration.Pass pass = Misconfiguration.Pass.NO;
    private PlatformView.Begun begun = PlatformView.Begun.NOTHING;
    private double cost;
    private RequestEnd end = RequestEnd.UNKNOWN;

    private enum State {
        WAITING,
        ADMITTED,
        SENT,
        JUDGED,
        CLOSED
    }

    Permit(
            RequestLimits limits,
            RequestKind kind,
            DeviceId device,
            boolean failing,
            List<ConcurrencyLimit.Slot> slots) {
        this.limits = limits;
        this.kind = kind;
        this.device = device;
        this.failing = failing;
        this.slots = List.copyOf(slots);
    }

    /** Asks the circuit breakers. If they refuse, nothing may be sent, and the permit is to be closed. */
    public boolean tryAdmit() {
        expect(State.WAITING);
        PlatformView view = limits.view(kind);
        pass = view.tryPass(failing);
        if (pass == Misconfiguration.Pass.NO) {
            return false;
        }
        state = State.ADMITTED;
        return true;
    }

    /** Asks the rate limiter, last: what is not sent costs nothing. If it refuses, the waiter is called when it may retry. */
    public boolean tryCharge(Waiter waiter, double units) {
        expect(State.ADMITTED);
        cost = units;
        return limits.queue(kind).tryAcquire(waiter, units);
    }

    /** The request is being sent. */
    public void sent() {
        expect(State.ADMITTED);
        state = State.SENT;
        begun = limits.view(kind).begun();
        limits.requestSent(kind);
    }

    /**
     * The request is over, with this result. Returns whether it slows down all requests now, and not just this device's.
     */
    public boolean judge(Verdict verdict) {
        expect(State.SENT);
        state = State.JUDGED;
        end = endOf(verdict, limits.view(kind).judge(device, verdict, begun, pass));
        if (verdict instanceof Verdict.Accepted) {
            limits.rate(kind).accepted(cost);
            limits.accepted(kind);
        }
        return verdict instanceof Verdict.Throttled throttled
                && limits.rate(kind).throttled(cost, throttled.wholeTenant(), device);
    }

    /** An authentication takes its own time. */
    private RequestEnd endOf(Verdict verdict, boolean platformWorks) {
        boolean accepted = verdict instanceof Verdict.Accepted && kind == RequestKind.REPORT;
        return !platformWorks ? RequestEnd.FAILED : accepted ? RequestEnd.ACCEPTED : RequestEnd.ANSWERED;
    }

    /** Returns everything. A request without a verdict says nothing about the platform. */
    @Override
    public void close() {
        State last = state;
        if (last == State.CLOSED) {
            throw new IllegalStateException("a permit was closed twice");
        }
        state = State.CLOSED;
        if (last == State.ADMITTED || last == State.SENT) {
            limits.view(kind).withdraw(pass);
        }
        if (last == State.SENT || last == State.JUDGED) {
            limits.requestEnded(kind);
        }
        slots.reversed().forEach(slot -> slot.close(end));
    }

    private void expect(State expected) {
        if (state != expected) {
            throw new IllegalStateException("a permit is " + state + ", not " + expected);
        }
    }
}
