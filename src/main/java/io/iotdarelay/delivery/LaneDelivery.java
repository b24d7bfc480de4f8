package io.iotdarelay.delivery;

import io.iotdarelay.iotda.Authentication;
import io.iotdarelay.iotda.RequestCost;
import io.iotdarelay.iotda.Verdict;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.Lane;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.Permit;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.limits.Waiter;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Whereabouts;
import io.iotdarelay.tracing.RequestTrace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Delivers one lane: one request at a time, each thing in its turn. Everything happens on the lane's event loop.
 *
 * <p>Read {@link #step()} first: it says what has to be there before a request can be sent. Whatever is missing, the lane
 * waits for it and then begins there again, so that no check is ever stale.
 */
final class LaneDelivery implements Waiter {

    /** How a request ends, for whoever follows it, whose partitions have all left. */
    private static final String ABANDONED = "abandoned";

    private static final Duration CHECK_DIRECTORY_EVERY = Duration.ofMillis(250);
    private static final LaneState IDLE = new LaneState.Idle();

    private final DeliveryLoop loop;
    private final LaneResources with;
    private final Lane lane;
    private final LaneFailures failures;
    private LaneState state = IDLE;

    LaneDelivery(DeliveryLoop loop, LaneResources resources, DeviceId sender) {
        this.loop = loop;
        this.with = resources;
        this.lane = new Lane(sender);
        this.failures = new LaneFailures(resources, sender);
    }

    DeviceId sender() {
        return lane.sender();
    }

    void add(LaneEntry entry) {
        lane.add(entry);
        boolean isFull =
                with.rules().linger().isZero() || lane.isFull(with.rules().limits());
        if (state instanceof LaneState.Idle && !isFull) {
            waitFor(WaitReason.LINGER, with.rules().linger());
        } else if (isFull && (state instanceof LaneState.Idle || waitsFor(WaitReason.LINGER))) {
            advance();
        }
    }

    @Override
    public void resume() {
        if (waitsFor(WaitReason.GATE)) {
            advance();
        }
    }

    @Override
    public boolean tryAgain() {
        if (waitsFor(WaitReason.QUOTA)) {
            advance();
        }
        return waitsFor(WaitReason.QUOTA) || waitsFor(WaitReason.SLOT);
    }

    @Override
    public boolean isFailing() {
        return failures.isFailing();
    }

    /** The platform has recovered: does not wait for the rest of a backoff that it caused. */
    void hurry() {
        if (waitsFor(WaitReason.RETRY)) {
            advance();
        }
    }

    /** Its partition stands still because of this lane: sets the device aside if it fails alone. */
    void giveWay() {
        if (waitsFor(WaitReason.RETRY) && failures.failsAlone()) {
            failures.giveUp();
        }
        hurry();
    }

    /** Forgets what belongs to partitions that have left; gives up the request if nothing else is in it. */
    void release() {
        lane.dropLeaving();
        switch (state) {
            case LaneState.Sending sending -> {
                if (sending.batch().isAbandoned()) {
                    giveUp(sending);
                }
            }
            case LaneState.Waiting ignored -> {
                if (lane.isEmpty()) {
                    advance();
                }
            }
            case LaneState.Idle ignored -> {}
        }
    }

    private void giveUp(LaneState.Sending sending) {
        expect(sending);
        sending.exchange().dispose();
        sending.trace().failed(ABANDONED);
        sending.permit().close();
        advance();
    }

    /** Whether a request is in flight with a record whose partition is leaving. */
    boolean isSendingForLeaving() {
        return state instanceof LaneState.Sending sending
                && sending.batch().entries().stream()
                        .anyMatch(entry -> !entry.record().mayStart());
    }

    /** The record that the lane is about, if it holds one. */
    Optional<LaneEntry> first() {
        return state instanceof LaneState.Sending sending
                ? Optional.of(sending.batch().entries().getFirst())
                : lane.first();
    }

    /** Where that record is, and what it waits for. */
    Whereabouts whereabouts(LaneEntry first) {
        WaitReason why = switch (state) {
            case LaneState.Sending ignored -> WaitReason.ANSWER;
            case LaneState.Waiting waiting -> waiting.reason();
            case LaneState.Idle ignored -> WaitReason.SLOT;
        };
        return new Whereabouts(
                first.record().record().position(),
                first.report().device(),
                why.code(),
                why.meaning() + failures.describe());
    }

    /** Goes on from the beginning. A defect of ours on the way must not leave the lane waiting for ever. */
    private void advance() {
        guarded(this::step);
    }

    private void step() {
        stopWaiting();
        if (!lane.first().map(LaneEntry::record).map(RecordInFlight::mayStart).orElse(true)) {
            lane.dropLeaving();
        }
        Optional<LaneEntry> first = lane.first();
        if (first.isEmpty()) {
            loop.retire(this);
            return;
        }
        Optional<DeviceCredentials> credentials = with.directory().credentials(sender());
        if (failures.isUnknownForLong(credentials.isEmpty())) {
            rejectAll(RejectionReason.UNKNOWN_DEVICE, "the directory knows the device no more", Optional.empty());
            return;
        }
        if (credentials.isEmpty()) {
            waitFor(WaitReason.DIRECTORY, CHECK_DIRECTORY_EVERY);
            return;
        }
        Optional<Quarantine.Refusal> refusal = with.quarantine().holds(credentials.get());
        if (refusal.isPresent()) {
            rejectAll(
                    refusal.get().reason(),
                    refusal.get().describe(),
                    refusal.get().answer());
            return;
        }
        boolean hasToken = with.tokens()
                .cached(sender(), first.get().record().assignment())
                .isPresent();
        RequestKind kind = hasToken ? RequestKind.REPORT : RequestKind.AUTHENTICATION;
        if (!with.limits().admits(kind, this)) {
            Disposable.Swap unused = waiting(WaitReason.GATE);
        } else if (hasToken) {
            Disposable.Swap asked = waiting(WaitReason.SLOT);
            asked.update(with.limits().acquire(kind, sender(), this::depart));
        } else {
            authenticate(credentials.get(), first.get());
        }
    }

    private void authenticate(DeviceCredentials credentials, LaneEntry first) {
        waiting(WaitReason.TOKEN)
                .update(with.tokens()
                        .fetch(credentials, first.record().assignment())
                        .subscribe(
                                result -> because(first, () -> authenticated(credentials, result)),
                                defect -> because(first, () -> brokeOff(defect))));
    }

    /** What the first record of the lane waited for has come. */
    private void because(LaneEntry first, Runnable step) {
        with.tracing().onBehalfOf(first.record().record(), () -> guarded(step));
    }

    private void authenticated(DeviceCredentials credentials, Authentication result) {
        switch (result) {
            case Authentication.Granted ignored -> {
                with.quarantine().authenticated(sender());
                advance();
            }
            case Authentication.Postponed ignored -> park(RequestKind.AUTHENTICATION);
            case Authentication.Denied denied -> {
                switch (failures.afterAuthentication(denied.verdict())) {
                    case Decision.Retry retry -> waitFor(retry.why(), retry.delay());
                    case Decision.SetAside aside ->
                        setAside(credentials, aside, denied.verdict().answer());
                    case Decision.Deliver ignored -> throw new IllegalStateException("there is no batch");
                    case Decision.Reject ignored -> throw new IllegalStateException("there is no batch");
                    case Decision.Split ignored -> throw new IllegalStateException("there is no batch");
                }
            }
        }
    }

    private void setAside(DeviceCredentials credentials, Decision.SetAside aside, Optional<PlatformAnswer> answer) {
        lane.first()
                .ifPresent(first ->
                        with.quarantine().setAside(credentials, first.record().assignment(), aside.reason(), answer));
        advance();
    }

    /** There is a slot for a request. The permit is closed here, or when the request is over. */
    private void depart(Permit permit) {
        boolean sent = false;
        try {
            sent = trySend(permit);
        } catch (RuntimeException defect) {
            brokeOff(defect);
        } finally {
            if (!sent) {
                permit.close();
            }
        }
    }

    private boolean trySend(Permit permit) {
        stopWaiting();
        Optional<AccessToken> token = lane.first()
                .flatMap(first -> with.tokens().cached(sender(), first.record().assignment()));
        Optional<Batch> batch = token.isPresent() ? lane.take(with.rules().limits()) : Optional.empty();
        if (token.isEmpty() || batch.isEmpty()) {
            advance();
            return false;
        }
        boolean sent = false;
        try {
            sent = mayLeave(permit, batch.get()) && send(batch.get().attempted(), token.get(), permit);
        } finally {
            if (!sent) {
                lane.putBackUnsent(batch.get());
            }
        }
        return sent;
    }

    private boolean mayLeave(Permit permit, Batch batch) {
        if (!permit.tryAdmit()) {
            park(RequestKind.REPORT);
            return false;
        }
        if (!permit.tryCharge(this, RequestCost.of(batch.reports()))) {
            Disposable.Swap unused = waiting(WaitReason.QUOTA);
            return false;
        }
        return true;
    }

    private boolean send(Batch batch, AccessToken token, Permit permit) {
        RequestTrace trace = with.tracing().report(batch.records(), batch.attempts());
        permit.sent();
        LaneState.Sending sending = new LaneState.Sending(batch, token, trace, Disposables.swap(), permit);
        state = sending;
        sending.exchange()
                .update(with.client()
                        .report(token, batch.reports(), trace)
                        .subscribe(
                                verdict -> trace.within(() -> answered(sending, verdict)),
                                defect -> trace.within(() -> broke(sending, defect))));
        return true;
    }

    private void answered(LaneState.Sending done, Verdict verdict) {
        expect(done);
        try {
            done.traced(verdict);
            boolean slowedWithAll = done.permit().judge(verdict);
            Batch batch = isRefusal(verdict) ? done.batch().refused() : done.batch();
            carryOut(failures.afterReport(batch, done.token(), verdict, slowedWithAll), batch, verdict);
            failures.noDefect();
        } catch (RuntimeException defect) {
            afterDefect(done.batch(), defect);
        } finally {
            done.permit().close();
        }
    }

    private static boolean isRefusal(Verdict verdict) {
        return verdict instanceof Verdict.Forbidden
                || verdict instanceof Verdict.Misaddressed
                || verdict instanceof Verdict.DeviceTrouble;
    }

    private void carryOut(Decision decision, Batch batch, Verdict verdict) {
        switch (decision) {
            case Decision.Deliver ignored -> {
                with.outcomes().delivered(batch.entries());
                advance();
            }
            case Decision.Reject reject -> {
                reject(batch, reject.reason(), reject.detail(), verdict);
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
            case Decision.SetAside aside -> {
                with.directory()
                        .credentials(sender())
                        .ifPresent(credentials -> with.quarantine()
                                .setAside(
                                        credentials,
                                        batch.entries().getFirst().record().assignment(),
                                        aside.reason(),
                                        verdict.answer()));
                reject(batch, aside.reason(), aside.detail(), verdict);
                advance();
            }
        }
    }

    private void reject(Batch batch, RejectionReason reason, String detail, Verdict verdict) {
        with.outcomes().rejected(batch.entries(), reason, detail, verdict.answer(), batch.attempts());
    }

    private void rejectAll(RejectionReason reason, String detail, Optional<PlatformAnswer> answer) {
        with.outcomes().rejected(lane.takeAll(), reason, detail, answer, 0);
        loop.retire(this);
    }

    @SuppressWarnings("ReferenceEquality") // that very request
    private void expect(LaneState.Sending done) {
        if (state != done) {
            throw new IllegalStateException("a request ended that is not in flight");
        }
        state = IDLE;
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

    /** A defect in a request. */
    private void broke(LaneState.Sending done, Throwable defect) {
        expect(done);
        try {
            done.trace().failed(RejectionReason.INTERNAL_ERROR.code());
            afterDefect(done.batch(), defect);
        } finally {
            done.permit().close();
        }
    }

    /** A defect before a request was sent: the first batch pays for it, or the lane would stand still for ever. */
    private void brokeOff(Throwable defect) {
        lane.take(with.rules().limits())
                .ifPresentOrElse(batch -> afterDefect(batch, defect), () -> failures.defect(defect, 0));
    }

    private void afterDefect(Batch batch, Throwable defect) {
        boolean isTooOften = failures.defect(defect, batch.attempts());
        if (!isTooOften) {
            lane.putBack(List.of(batch));
        } else if (batch.isSingle()) {
            with.outcomes().broken(batch.entries(), defect, batch.attempts());
        } else {
            lane.putBack(batch.halves());
        }
        waitFor(WaitReason.BACKOFF, LaneFailures.DEFECT_DELAY);
    }

    private void park(RequestKind kind) {
        Disposable.Swap unused = waiting(WaitReason.GATE);
        with.limits().park(kind, this);
    }

    private void waitFor(WaitReason why, Duration delay) {
        if (delay.isZero()) {
            advance();
        } else {
            waiting(why).update(with.client().loop().schedule(this::advance, delay.toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    private boolean waitsFor(WaitReason why) {
        return state instanceof LaneState.Waiting waiting && waiting.reason() == why;
    }

    /** It waits from now on. What ends the waiting belongs into what this returns. */
    private Disposable.Swap waiting(WaitReason why) {
        stopWaiting();
        Disposable.Swap wake = Disposables.swap();
        state = new LaneState.Waiting(why, wake);
        return wake;
    }

    private void stopWaiting() {
        if (state instanceof LaneState.Waiting waiting) {
            state = IDLE;
            waiting.wake().dispose();
        }
    }
}
