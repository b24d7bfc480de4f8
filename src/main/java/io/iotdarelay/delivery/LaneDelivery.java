package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Authentication;
import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.Lane;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Delivers one lane: one request at a time, each thing in its turn. Everything happens on the lane's event loop.
 *
 * <p>Read {@link #advance()} first: it says what has to be there before a request can leave. Whatever is missing, the lane
 * waits for it and then begins there again, so that no check is ever stale.
 */
final class LaneDelivery {

    private static final Logger log = LoggerFactory.getLogger(LaneDelivery.class);

    /** How often a batch is tried again after a defect of ours. */
    private static final int MAX_DEFECTS = 2;

    private static final Duration DEFECT_DELAY = Duration.ofSeconds(1);
    private static final int MAX_STACK_TRACE = 8000;

    private final DeliveryLoop loop;
    private final LoopParts parts;
    private final Lane lane;
    private @Nullable Waiting waiting;
    private @Nullable Disposable timer;
    private @Nullable Attempt attempt;
    private Streak streak = Streak.NONE;
    private int defects;

    /** The request that is under way. */
    private record Attempt(Batch batch, AccessToken token, double cost, Disposable.Swap exchange) {}

    LaneDelivery(DeliveryLoop loop, LoopParts parts, DeviceId sender) {
        this.loop = loop;
        this.parts = parts;
        this.lane = new Lane(sender);
    }

    DeviceId sender() {
        return lane.sender();
    }

    boolean isEmpty() {
        return lane.isEmpty() && attempt == null;
    }

    /** What the lane waits for, if it does. */
    Optional<Waiting> waitsFor() {
        return Optional.ofNullable(waiting);
    }

    void add(LaneEntry entry) {
        lane.add(entry);
        if (waiting == Waiting.LINGER && lane.isFull(parts.limits())) {
            advance();
        } else if (waiting == null && attempt == null) {
            if (parts.linger().isZero() || lane.isFull(parts.limits())) {
                advance();
            } else {
                waitFor(Waiting.LINGER, parts.linger(), this::advance);
            }
        }
    }

    /** Goes on where a gate had parked the lane. */
    void resume() {
        if (waiting == Waiting.GATE) {
            advance();
        }
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
            parts.breakers().reportCancelled();
            parts.slots().release();
            loop.requestEnded();
            advance();
        } else if (lane.isEmpty() && current == null && isIdle()) {
            advance();
        }
    }

    /** Whether nobody will call this lane but a timer of its own or a gate, which may be forgotten. */
    private boolean isIdle() {
        return switch (waiting) {
            case null -> true;
            case LINGER, RETRY, BACKOFF, GATE -> true;
            case TOKEN, SLOT, QUOTA -> false;
        };
    }

    /** Goes on from the beginning. A defect of ours on the way must not leave the lane waiting for nobody. */
    private void advance() {
        guarded(this::step);
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            brokeOff(defect);
        }
    }

    private void step() {
        stopWaiting();
        if (lane.isEmpty()) {
            loop.retire(this);
            return;
        }
        Optional<DeviceCredentials> credentials = parts.directory().credentials(sender());
        if (credentials.isEmpty()) {
            rejectAll(RejectionReason.UNKNOWN_DEVICE, "the directory knows the device no more", Optional.empty());
            return;
        }
        Optional<Quarantine.Refusal> refusal =
                parts.quarantine().holds(credentials.get(), parts.clock().instant());
        if (refusal.isPresent()) {
            String detail = RejectionReason.DEVICE_REJECTED.meaning() + "; refused "
                    + refusal.get().refusals() + " times, tried again after "
                    + refusal.get().nextProbe();
            rejectAll(RejectionReason.DEVICE_REJECTED, detail, refusal.get().answer());
            return;
        }
        boolean hasToken = parts.tokens().cached(sender()).isPresent();
        waiting = Waiting.GATE;
        if (!loop.gates().admits(this, hasToken)) {
            return;
        }
        if (!hasToken) {
            waiting = Waiting.TOKEN;
            parts.tokens()
                    .fetch(credentials.get())
                    .subscribe(
                            result -> guarded(() -> authenticated(credentials.get(), result)),
                            defect -> guarded(() -> brokeOff(defect)));
            return;
        }
        waiting = Waiting.SLOT;
        parts.slots().acquire(this::depart);
    }

    private void authenticated(DeviceCredentials credentials, Authentication result) {
        switch (result) {
            case Authentication.Granted ignored -> {
                if (parts.quarantine().release(sender())) {
                    log.atInfo().addKeyValue("deviceId", sender()).log("A device is accepted again");
                }
                advance();
            }
            case Authentication.Denied denied -> denied(credentials, denied.verdict());
        }
    }

    private void denied(DeviceCredentials credentials, Verdict verdict) {
        switch (verdict) {
            case Verdict.Unavailable ignored -> retryAuthentication(verdict, Waiting.RETRY);
            case Verdict.Throttled ignored -> retryAuthentication(verdict, Waiting.BACKOFF);
            case Verdict.Misconfigured ignored -> retryAuthentication(verdict, Waiting.BACKOFF);
            case Verdict.Forbidden ignored -> {
                if (streak.failures() < FailurePolicy.MAX_FORBIDDEN) {
                    retryAuthentication(verdict, Waiting.BACKOFF);
                } else {
                    quarantine(credentials, verdict);
                }
            }
            case Verdict.Answered ignored -> quarantine(credentials, verdict);
            case Verdict.Accepted ignored -> throw new IllegalStateException("accepted, and no token");
        }
    }

    private void retryAuthentication(Verdict verdict, Waiting why) {
        streak = streak.with(verdict);
        waitFor(why, parts.policy().delay(verdict, streak), this::advance);
    }

    private void quarantine(DeviceCredentials credentials, Verdict verdict) {
        if (parts.quarantine()
                .refuse(credentials, verdict.answer(), parts.clock().instant())) {
            log.atWarn()
                    .addKeyValue("deviceId", sender())
                    .addKeyValue(
                            "errorCode",
                            verdict.answer().map(PlatformAnswer::errorCode).orElse("none"))
                    .log("The platform refuses a device; its records are dead letters until it is accepted again");
        }
        advance();
    }

    /** There is a slot for a request. */
    private void depart() {
        try {
            Optional<AccessToken> token = parts.tokens().cached(sender());
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
        double cost = RequestCost.of(batch);
        long wait = parts.pace().reserve(cost);
        if (wait == 0) {
            send(batch, token, cost);
        } else {
            parts.pace().waiting().incrementAndGet();
            waitFor(Waiting.QUOTA, Duration.ofNanos(wait), () -> {
                parts.pace().waiting().decrementAndGet();
                guarded(batch, () -> send(batch, token, cost));
            });
        }
    }

    private void send(Batch batch, AccessToken token, double cost) {
        stopWaiting();
        boolean stale =
                batch.entries().stream().anyMatch(entry -> entry.record().isAbandoned());
        boolean permitted = !stale && parts.breakers().tryReport();
        if (!permitted) {
            lane.putBack(List.of(batch));
            parts.slots().release();
            if (stale) {
                advance();
            } else {
                waiting = Waiting.GATE;
                loop.gates().park(this);
            }
            return;
        }
        Batch sent = batch.attempted();
        Attempt current = new Attempt(sent, token, cost, Disposables.swap());
        attempt = current;
        loop.requestBegan();
        current.exchange()
                .update(parts.client()
                        .report(token, sent.reports())
                        .subscribe(verdict -> answered(current, verdict), defect -> broke(current, defect)));
    }

    /** A batch that holds a slot and is not under way yet: after a defect of ours both go back. */
    private void guarded(Batch batch, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            parts.slots().release();
            afterDefect(batch, defect);
        }
    }

    private void answered(Attempt done, Verdict verdict) {
        end(done);
        try {
            carryOut(judge(done, verdict), done.batch(), verdict);
            defects = 0;
        } catch (RuntimeException defect) {
            afterDefect(done.batch(), defect);
        }
        loop.requestEnded();
    }

    private Decision judge(Attempt done, Verdict verdict) {
        parts.breakers().reported(sender(), verdict);
        streak = streak.with(verdict);
        switch (verdict) {
            case Verdict.Accepted ignored -> parts.pace().accepted(done.cost());
            case Verdict.Throttled throttled -> parts.pace().throttled(throttled.wholeTenant(), sender());
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
        return parts.policy().decide(done.batch(), verdict, streak);
    }

    private void carryOut(Decision decision, Batch batch, Verdict verdict) {
        switch (decision) {
            case Decision.Deliver ignored -> {
                settle(batch.entries(), new Outcome.Delivered());
                advance();
            }
            case Decision.Reject reject -> {
                reject(batch.entries(), reject.reason(), reject.detail(), verdict.answer(), batch.attempts());
                advance();
            }
            case Decision.Split split -> {
                lane.putBack(split.parts());
                advance();
            }
            case Decision.Retry retry -> later(batch, retry.delay(), retry.why());
        }
    }

    private void later(Batch batch, Duration delay, Waiting why) {
        lane.putBack(List.of(batch));
        if (delay.isZero()) {
            advance();
        } else {
            waitFor(why, delay, this::advance);
        }
    }

    /** A defect of ours, in a request. */
    private void broke(Attempt done, Throwable defect) {
        end(done);
        parts.breakers().reportCancelled();
        afterDefect(done.batch(), defect);
        loop.requestEnded();
    }

    /** A defect of ours, before any batch was taken: the first one pays for it, or the lane would stand still for ever. */
    private void brokeOff(Throwable defect) {
        lane.take(parts.limits()).ifPresentOrElse(batch -> afterDefect(batch, defect), () -> tell(defect, 0));
    }

    private void afterDefect(Batch batch, Throwable defect) {
        defects++;
        tell(defect, batch.attempts());
        if (defects > MAX_DEFECTS && batch.isSingle()) {
            defects = 0;
            reject(
                    batch.entries(),
                    RejectionReason.INTERNAL_ERROR,
                    stackTrace(defect),
                    Optional.empty(),
                    batch.attempts());
        } else if (defects > MAX_DEFECTS) {
            defects = 0;
            lane.putBack(batch.halves());
        } else {
            lane.putBack(List.of(batch));
        }
        waitFor(Waiting.BACKOFF, DEFECT_DELAY, this::advance);
    }

    private void tell(Throwable defect, int attempts) {
        log.atError()
                .addKeyValue("deviceId", sender())
                .addKeyValue("attempt", attempts)
                .addKeyValue("reason", defect.toString())
                .log("A lane broke off by a defect of the relay; a dead letter would hold the stack trace");
        log.atDebug().setCause(defect).log("The defect");
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
        reject(lane.takeAll(), reason, detail, answer, 0);
        loop.retire(this);
    }

    private void reject(
            List<LaneEntry> entries,
            RejectionReason reason,
            String detail,
            Optional<PlatformAnswer> answer,
            int attempts) {
        for (LaneEntry entry : entries) {
            Rejection rejection = new Rejection(reason, detail, entry.report().device(), answer.orElse(null), attempts);
            settle(List.of(entry), new Outcome.Rejected(rejection));
        }
    }

    private void settle(List<LaneEntry> entries, Outcome outcome) {
        List<RecordInFlight> records = entries.stream().map(LaneEntry::record).toList();
        parts.outcomes().accept(records, outcome);
    }

    private void waitFor(Waiting why, Duration delay, Runnable then) {
        stopWaiting();
        waiting = why;
        timer = parts.client().loop().schedule(then, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void stopWaiting() {
        waiting = null;
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    private static String stackTrace(Throwable defect) {
        StringWriter text = new StringWriter();
        defect.printStackTrace(new PrintWriter(text));
        return text.toString().substring(0, Math.min(text.toString().length(), MAX_STACK_TRACE));
    }
}
