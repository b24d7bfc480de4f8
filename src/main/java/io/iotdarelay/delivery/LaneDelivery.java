package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Authentication;
import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.Lane;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Whereabouts;
import io.iotdarelay.tracing.RequestTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Delivers one lane: one request at a time, each thing in its turn. Everything happens on the lane's event loop.
 *
 * <p>Read {@link #step()} first: it says what has to be there before a request can leave. Whatever is missing, the lane
 * waits for it and then begins there again, so that no check is ever stale.
 */
final class LaneDelivery implements Departures.Traveller {

    /** How often a batch is tried again after a defect of ours. */
    private static final int MAX_DEFECTS = 2;

    private static final Duration DEFECT_DELAY = Duration.ofSeconds(1);

    /** How a request ends, for whoever follows it, whose partitions have all left. */
    private static final String ABANDONED = "abandoned";

    /** How often a lane looks whether the directory knows its device again. */
    private static final Duration LOOK_AT_DIRECTORY_EVERY = Duration.ofMillis(250);

    private final DeliveryLoop loop;
    private final LoopParts parts;
    private final Lane lane;
    private @Nullable Waiting waiting;
    private @Nullable Disposable wake;
    private @Nullable Attempt attempt;
    private @Nullable Instant unknownSince;
    private Streak streak = Streak.NONE;
    private String trouble = "";
    private int defects;

    /** The request that is under way. */
    private record Attempt(Batch batch, AccessToken token, double cost, RequestTrace trace, Disposable.Swap exchange) {}

    LaneDelivery(DeliveryLoop loop, LoopParts parts, DeviceId sender) {
        this.loop = loop;
        this.parts = parts;
        this.lane = new Lane(sender);
    }

    DeviceId sender() {
        return lane.sender();
    }

    void add(LaneEntry entry) {
        lane.add(entry);
        if (waiting == Waiting.LINGER && lane.isFull(parts.limits())) {
            advance();
        } else if (waiting == null && attempt == null) {
            if (parts.linger().isZero() || lane.isFull(parts.limits())) {
                advance();
            } else {
                waitFor(Waiting.LINGER, parts.linger());
            }
        }
    }

    /** Goes on where a gate had parked the lane. */
    void resume() {
        if (waiting == Waiting.GATE) {
            advance();
        }
    }

    /** Goes on where the pace had held the lane back. */
    @Override
    public boolean call() {
        if (waiting == Waiting.QUOTA) {
            advance();
        }
        return waiting == Waiting.QUOTA || waiting == Waiting.SLOT;
    }

    /** The platform is back: does not wait for the rest of a backoff that it caused. */
    void hurry() {
        if (waiting == Waiting.RETRY) {
            advance();
        }
    }

    /** Forgets what belongs to partitions that have left; gives up the request if nothing else is in it. */
    void release() {
        lane.dropAbandoned();
        Attempt current = attempt;
        if (current != null && current.batch().isAbandoned()) {
            attempt = null;
            current.exchange().dispose();
            current.trace().failed(ABANDONED);
            parts.breakers().reportCancelled();
            parts.slots().release();
            loop.requestEnded();
            advance();
        } else if (lane.isEmpty() && current == null && waiting != Waiting.SLOT) {
            advance();
        }
    }

    /** The record that the lane is about, if it holds one, and what it waits for. */
    Optional<LaneEntry> first() {
        Attempt current = attempt;
        return current == null
                ? lane.first()
                : Optional.of(current.batch().entries().getFirst());
    }

    /** Where that record is. */
    Whereabouts whereabouts(LaneEntry first) {
        Waiting why = attempt != null ? Waiting.ANSWER : waiting == null ? Waiting.SLOT : waiting;
        String failures = trouble.isEmpty() ? "" : ", after " + trouble + " (" + streak.failures() + " in a row)";
        return new Whereabouts(
                first.record().record().position(), first.report().device(), why.code(), why.meaning() + failures);
    }

    /** Goes on from the beginning. A defect of ours on the way must not leave the lane waiting for nobody. */
    private void advance() {
        guarded(this::step);
    }

    private void step() {
        stopWaiting();
        Optional<LaneEntry> first = lane.first();
        if (first.isEmpty()) {
            loop.retire(this);
            return;
        }
        Optional<DeviceCredentials> credentials = parts.directory().credentials(sender());
        if (credentials.isEmpty()) {
            await(Waiting.DIRECTORY);
            return;
        }
        unknownSince = null;
        Optional<Quarantine.Refusal> refusal = parts.quarantine().holds(credentials.get());
        if (refusal.isPresent()) {
            rejectAll(
                    RejectionReason.DEVICE_REJECTED,
                    refusal.get().describe(),
                    refusal.get().answer());
            return;
        }
        boolean hasToken = parts.tokens()
                .cached(sender(), first.get().record().assignment())
                .isPresent();
        waiting = Waiting.GATE;
        if (!loop.gates().admits(this, hasToken)) {
            return;
        }
        if (hasToken) {
            waiting = Waiting.SLOT;
            parts.slots().acquire(this::depart);
        } else {
            authenticate(credentials.get(), first.get());
        }
    }

    /** The directory knew the device when the record came, and does not now: it may be being written. */
    private void await(Waiting directory) {
        Instant now = parts.time().instant();
        Instant since = unknownSince == null ? now : unknownSince;
        unknownSince = since;
        if (now.isBefore(since.plus(parts.unknownGrace()))) {
            waitFor(directory, LOOK_AT_DIRECTORY_EVERY);
        } else {
            rejectAll(RejectionReason.UNKNOWN_DEVICE, "the directory knows the device no more", Optional.empty());
        }
    }

    private void authenticate(DeviceCredentials credentials, LaneEntry first) {
        waiting = Waiting.TOKEN;
        Disposable.Swap asked = Disposables.swap();
        wake = asked;
        asked.update(parts.tokens()
                .fetch(credentials, first.record().assignment())
                .subscribe(
                        result -> because(first, () -> authenticated(credentials, result)),
                        defect -> because(first, () -> brokeOff(defect))));
    }

    /** What the first record of the lane waited for has come. */
    private void because(LaneEntry first, Runnable step) {
        parts.tracing().onBehalfOf(first.record().record(), () -> guarded(step));
    }

    private void authenticated(DeviceCredentials credentials, Authentication result) {
        switch (result) {
            case Authentication.Granted ignored -> {
                parts.quarantine().release(sender());
                advance();
            }
            case Authentication.Postponed ignored -> {
                waiting = Waiting.GATE;
                loop.gates().park(this, false);
            }
            case Authentication.Denied denied -> denied(credentials, denied.verdict());
        }
    }

    private void denied(DeviceCredentials credentials, Verdict verdict) {
        streak = streak.with(verdict);
        trouble = verdict.describe();
        switch (verdict) {
            case Verdict.Unavailable ignored ->
                waitFor(Waiting.RETRY, parts.policy().delay(verdict, streak));
            case Verdict.Throttled ignored ->
                waitFor(Waiting.BACKOFF, parts.policy().delay(verdict, streak));
            case Verdict.Misconfigured ignored ->
                waitFor(Waiting.BACKOFF, parts.policy().delay(verdict, streak));
            case Verdict.Forbidden ignored -> {
                if (streak.forbidden() < FailurePolicy.MAX_FORBIDDEN) {
                    waitFor(Waiting.BACKOFF, parts.policy().delay(verdict, streak));
                } else {
                    quarantine(credentials, verdict);
                }
            }
            case Verdict.Answered ignored -> quarantine(credentials, verdict);
            case Verdict.Accepted ignored -> throw new IllegalStateException("accepted, and no token");
        }
    }

    private void quarantine(DeviceCredentials credentials, Verdict verdict) {
        lane.first()
                .ifPresent(first ->
                        parts.quarantine().refuse(credentials, first.record().assignment(), verdict.answer()));
        advance();
    }

    /** There is a slot for a request. */
    private void depart() {
        try {
            Optional<AccessToken> token = lane.first()
                    .flatMap(first ->
                            parts.tokens().cached(sender(), first.record().assignment()));
            Optional<Batch> batch = token.isPresent() ? lane.take(parts.limits()) : Optional.empty();
            if (token.isPresent() && batch.isPresent()) {
                guarded(batch.get(), () -> leave(batch.get(), token.get()));
                return;
            }
        } catch (RuntimeException defect) {
            parts.slots().release();
            brokeOff(defect);
            return;
        }
        parts.slots().release();
        advance();
    }

    private void leave(Batch batch, AccessToken token) {
        stopWaiting();
        double cost = RequestCost.of(batch);
        if (!parts.departures().tryDepart(this, cost)) {
            holdBack(batch, Waiting.QUOTA);
        } else if (!parts.breakers().tryReport()) {
            loop.gates().park(this, true);
            holdBack(batch, Waiting.GATE);
        } else {
            send(batch.attempted(), token, cost);
        }
    }

    private void holdBack(Batch batch, Waiting why) {
        lane.putBackUnsent(batch);
        waiting = why;
        parts.slots().release();
    }

    private void send(Batch batch, AccessToken token, double cost) {
        RequestTrace trace = parts.tracing().report(batch.records(), batch.attempts());
        Attempt current = new Attempt(batch, token, cost, trace, Disposables.swap());
        attempt = current;
        loop.requestBegan();
        current.exchange()
                .update(parts.client()
                        .report(token, batch.reports(), trace)
                        .subscribe(
                                verdict -> trace.within(() -> answered(current, verdict)),
                                defect -> trace.within(() -> broke(current, defect))));
    }

    private void answered(Attempt done, Verdict verdict) {
        end(done);
        if (verdict instanceof Verdict.Accepted) {
            done.trace().succeeded();
        } else {
            done.trace().failed(verdict.code());
        }
        try {
            judge(done, verdict);
            Batch batch = verdict instanceof Verdict.Forbidden ? done.batch().refused() : done.batch();
            carryOut(parts.policy().decide(batch, verdict, streak), batch, verdict);
            defects = 0;
        } catch (RuntimeException defect) {
            afterDefect(done.batch(), defect);
        }
        loop.requestEnded();
    }

    private void judge(Attempt done, Verdict verdict) {
        parts.breakers().reported(sender(), verdict);
        streak = streak.with(verdict);
        trouble = streak.failures() == 0 ? "" : verdict.describe();
        switch (verdict) {
            case Verdict.Accepted ignored -> parts.pace().accepted(done.cost());
            case Verdict.Throttled throttled -> {
                if (parts.pace().throttled(done.cost(), throttled.wholeTenant(), sender())) {
                    streak = streak.slowedWithAll();
                }
            }
            case Verdict.InvalidToken ignored -> {
                parts.tokens().invalidate(sender(), done.token());
                if (streak.isContended()) {
                    parts.meters().tokenContended();
                }
            }
            case Verdict.Answered ignored -> {}
            case Verdict.Unavailable ignored -> {}
            case Verdict.Misconfigured ignored -> {}
        }
    }

    private void carryOut(Decision decision, Batch batch, Verdict verdict) {
        switch (decision) {
            case Decision.Deliver ignored -> {
                parts.outcomes().delivered(batch.entries());
                advance();
            }
            case Decision.Reject reject -> {
                parts.outcomes()
                        .rejected(
                                batch.entries(), reject.reason(), reject.detail(), verdict.answer(), batch.attempts());
                advance();
            }
            case Decision.Split split -> {
                lane.putBack(split.parts());
                advance();
            }
            case Decision.Retry retry -> {
                lane.putBack(List.of(batch));
                waitFor(retry.why(), retry.delay());
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // that very request
    private void end(Attempt done) {
        if (attempt != done) {
            throw new IllegalStateException("a request ended that is not under way");
        }
        attempt = null;
        parts.slots().release();
    }

    private void rejectAll(RejectionReason reason, String detail, Optional<PlatformAnswer> answer) {
        parts.outcomes().rejected(lane.takeAll(), reason, detail, answer, 0);
        loop.retire(this);
    }

    /*
     * Defects of ours. Whatever breaks off, the lane comes back to its beginning: after a while, with the batch that it had, or
     * the first one. The third time the batch is split, or its record rejected.
     */

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            brokeOff(defect);
        }
    }

    /** A batch that holds a slot and is not under way yet: after a defect both go back. */
    private void guarded(Batch batch, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            parts.slots().release();
            afterDefect(batch, defect);
        }
    }

    /** A defect in a request. */
    private void broke(Attempt done, Throwable defect) {
        end(done);
        done.trace().failed(RejectionReason.INTERNAL_ERROR.code());
        parts.breakers().reportCancelled();
        afterDefect(done.batch(), defect);
        loop.requestEnded();
    }

    /** A defect before any batch was taken: the first one pays for it, or the lane would stand still for ever. */
    private void brokeOff(Throwable defect) {
        lane.take(parts.limits()).ifPresentOrElse(batch -> afterDefect(batch, defect), () -> tell(defect, 0));
    }

    private void afterDefect(Batch batch, Throwable defect) {
        defects++;
        tell(defect, batch.attempts());
        if (defects > MAX_DEFECTS && batch.isSingle()) {
            defects = 0;
            parts.outcomes().broken(batch.entries(), defect, batch.attempts());
        } else if (defects > MAX_DEFECTS) {
            defects = 0;
            lane.putBack(batch.halves());
        } else {
            lane.putBack(List.of(batch));
        }
        waitFor(Waiting.BACKOFF, DEFECT_DELAY);
    }

    private void tell(Throwable defect, int attempts) {
        trouble = "a defect of the relay";
        parts.defects().tell(sender(), attempts, defect);
    }

    private void waitFor(Waiting why, Duration delay) {
        stopWaiting();
        if (delay.isZero()) {
            advance();
        } else {
            waiting = why;
            wake = parts.client().loop().schedule(this::advance, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void stopWaiting() {
        waiting = null;
        Disposable current = wake;
        wake = null;
        if (current != null) {
            current.dispose();
        }
    }
}
