package io.iotdarelay.delivery;

import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Remedy;
import io.iotdarelay.devices.Want;
import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.Lane;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.limits.RequestKind;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Whereabouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one lane, one request at a time. Everything happens on the lane's event loop.
 *
 * <p>Read {@link #step()} first: it lists what a request needs before it can be sent. If something is missing, the lane
 * waits for it and then starts there again, so that no check is ever stale.
 *
 * <p>{@link LaneActivity} owns the lane's state, {@link LaneRequests} sends, {@link LaneFailures} decides, and
 * {@link DecisionExecutor} carries out the decision.
 */
final class LaneDelivery implements LaneRequests.Owner {

    private static final Duration CHECK_DIRECTORY_EVERY = Duration.ofMillis(250);

    /** How long a refused device waits for the platform to name another secret. Its records become dead letters then. */
    private static final Duration LONGEST_REMEDY = Duration.ofSeconds(10);

    private final DeliveryLoop loop;
    private final LaneResources with;
    private final Lane lane;
    private final LaneActivity activity;
    private final LaneRequests requests;
    private final LaneFailures failures;
    private final DecisionExecutor decisions;
    private @Nullable Instant nextAttempt;

    LaneDelivery(DeliveryLoop loop, LaneResources resources, DeviceId sender) {
        this.loop = loop;
        this.with = resources;
        this.lane = new Lane(sender, resources.superseding());
        this.activity = new LaneActivity(resources.client().loop());
        this.requests = new LaneRequests(resources, lane, activity, this);
        this.failures = new LaneFailures(resources, sender);
        this.decisions = new DecisionExecutor(resources, lane);
    }

    DeviceId sender() {
        return lane.sender();
    }

    void add(LaneEntry entry) {
        lane.add(entry);
        if (activity.waitsFor(WaitReason.QUOTA)) {
            with.limits().grown(RequestKind.REPORT, this);
        }
        boolean isFull =
                with.rules().linger().isZero() || lane.isFull(with.rules().packing());
        if (activity.isIdle() && !isFull) {
            activity.waitFor(WaitReason.LINGER, with.rules().linger(), this::advance);
        } else if (isFull && (activity.isIdle() || activity.waitsFor(WaitReason.LINGER))) {
            advance();
        }
    }

    @Override
    public void resume() {
        if (activity.waitsFor(WaitReason.GATE)) {
            advance();
        }
    }

    @Override
    public boolean tryAgain() {
        if (activity.waitsFor(WaitReason.QUOTA)) {
            advance();
        }
        return activity.waitsFor(WaitReason.QUOTA) || (activity.waitsFor(WaitReason.SLOT) && !waitsBehindOthers());
    }

    /** Failing devices have few slots: one that waits for one must not keep its place in the line, in front of all others. */
    private boolean waitsBehindOthers() {
        return with.limits().isFailing(RequestKind.REPORT, sender());
    }

    @Override
    public double fill() {
        return lane.fill(with.rules().packing());
    }

    @Override
    public boolean isFailing() {
        return failures.isFailing();
    }

    /** Skips the rest of a backoff that the platform caused: it has recovered. */
    void retryNow() {
        if (activity.waitsFor(WaitReason.RETRY)) {
            advance();
        }
    }

    /** Its partition is stuck because of this lane: sets the device aside if it fails while others succeed. */
    void unblock() {
        if (activity.waitsFor(WaitReason.RETRY) && failures.failsAlone()) {
            failures.giveUp();
        }
        retryNow();
    }

    /** Drops what belongs to partitions that have left; aborts the request if it carries nothing else. */
    void dropLeaving() {
        lane.dropLeaving();
        if (activity.isWaiting() && lane.isEmpty()) {
            advance();
        }
        activity.inFlight().filter(RequestInFlight::isAbandoned).ifPresent(requests::abandon);
    }

    boolean awaitsToken() {
        return activity.waitsFor(WaitReason.TOKEN);
    }

    /** Whether a request is in flight with a record whose partition is leaving. */
    boolean isSendingForLeaving() {
        return activity.inFlight().filter(RequestInFlight::isForLeaving).isPresent();
    }

    /** The record that the lane is working on, if any. */
    Optional<LaneEntry> first() {
        return activity.inFlight()
                .map(request -> request.batch().entries().getFirst())
                .or(lane::first);
    }

    /** All that it has not ended, in the order of their requests. */
    Stream<LaneEntry> entries() {
        return Stream.concat(
                activity.inFlight().stream().flatMap(request -> request.batch().entries().stream()), lane.entries());
    }

    /** Where a record of the lane is, and what that waits for. */
    Whereabouts whereabouts(LaneEntry entry) {
        WaitReason why = activity.reason();
        return new Whereabouts(
                entry.record().record().position(),
                entry.report().device(),
                why.code(),
                why.meaning() + failures.describe());
    }

    /** Starts again at the beginning. A defect of the relay must not leave the lane waiting forever. */
    @Override
    public void advance() {
        try {
            step();
        } catch (RuntimeException defect) {
            onDefect(defect);
        }
    }

    private void step() {
        activity.stopWaiting();
        if (!lane.first().map(LaneEntry::record).map(RecordInFlight::mayStart).orElse(true)) {
            lane.dropLeaving();
        }
        Optional<LaneEntry> first = lane.first();
        if (first.isEmpty()) {
            loop.retire(this);
            return;
        }
        Optional<DirectoryEntry> entry = with.directory().find(sender());
        Optional<DeviceCredentials> credentials = entry.flatMap(DirectoryEntry::credentials);
        Outlook outlook =
                credentials.isPresent() ? Outlook.NONE : with.directory().want(Want.still(sender()));
        if (failures.isUnknownForLong(credentials.isEmpty(), outlook.open())) {
            decisions.rejectAll(
                    RejectionReason.UNKNOWN_DEVICE,
                    "the directory no longer knows the device"
                            + (outlook.detail().isEmpty() ? "" : ": " + outlook.detail()));
            loop.retire(this);
            return;
        }
        if (credentials.isEmpty()) {
            activity.waitFor(WaitReason.DIRECTORY, CHECK_DIRECTORY_EVERY, this::advance);
            return;
        }
        boolean isFrozen = entry.get().barrier() == DirectoryEntry.Barrier.FROZEN;
        if (isFrozen && !with.quarantine().holds(sender())) {
            with.quarantine()
                    .setFrozenAside(credentials.get(), first.get().record().assignment());
        }
        Optional<Quarantine.Refusal> refusal = with.quarantine().holds(credentials.get(), isFrozen);
        if (refusal.isPresent()) {
            decisions.rejectAll(refusal.get());
            loop.retire(this);
            return;
        }
        boolean hasToken = with.tokens()
                .cached(sender(), first.get().record().assignment())
                .isPresent();
        long tooEarly = hasToken ? with.spacing().delay(sender()) : 0;
        if (tooEarly > 0) {
            activity.waitFor(WaitReason.INTERVAL, Duration.ofNanos(tooEarly), this::advance);
            return;
        }
        if (!with.limits().admits(hasToken ? RequestKind.REPORT : RequestKind.AUTHENTICATION, this)) {
            activity.waitFor(WaitReason.GATE);
            return;
        }
        if (hasToken) {
            requests.sendNext();
        } else {
            requests.authenticate(credentials.get(), first.get());
        }
    }

    @Override
    public void authenticated(DeviceCredentials credentials, Authentication result) {
        switch (result) {
            case Authentication.Granted ignored -> {
                with.ended(RequestKind.AUTHENTICATION, sender(), new Verdict.Accepted());
                with.directory().accepted(credentials);
                with.quarantine().authenticated(sender());
                advance();
            }
            case Authentication.Postponed ignored -> park(RequestKind.AUTHENTICATION);
            case Authentication.Denied denied -> {
                with.ended(RequestKind.AUTHENTICATION, sender(), denied.verdict());
                Decision.AboutDevice decision = failures.afterAuthentication(denied.verdict());
                if (decision instanceof Decision.SetAside && denied.verdict() instanceof Verdict.DeviceRefused) {
                    seekRemedy(
                            new Refused(credentials, decision, denied.verdict()),
                            with.time().instant().plus(LONGEST_REMEDY));
                } else {
                    pause(decisions.carryOut(decision, credentials, denied.verdict()));
                }
            }
        }
    }

    /** A device's credentials were refused, and the decision about it is to set it aside. */
    private record Refused(DeviceCredentials credentials, Decision.AboutDevice decision, Verdict verdict) {}

    /** Another secret may be right: the directory's other one, or what the platform names when it is asked. */
    private void seekRemedy(Refused refused, Instant deadline) {
        activity.stopWaiting();
        Remedy remedy = with.directory().refused(refused.credentials());
        if (remedy == Remedy.NOW) {
            advance();
        } else if (remedy == Remedy.SOON && with.time().instant().isBefore(deadline)) {
            activity.waitFor(WaitReason.LOOKUP, CHECK_DIRECTORY_EVERY, () -> seekRemedyOrBreak(refused, deadline));
        } else {
            pause(decisions.carryOut(refused.decision(), refused.credentials(), refused.verdict()));
        }
    }

    private void seekRemedyOrBreak(Refused refused, Instant deadline) {
        try {
            seekRemedy(refused, deadline);
        } catch (RuntimeException defect) {
            onDefect(defect);
        }
    }

    @Override
    public void park(RequestKind kind) {
        activity.waitFor(WaitReason.GATE);
        with.limits().park(kind, this);
    }

    @Override
    public void answered(RequestInFlight done, Verdict verdict, boolean slowedWithAll) {
        Batch batch = done.batchAfter(verdict);
        Decision decision = failures.afterReport(batch, done.token(), verdict, slowedWithAll);
        pause(decisions.carryOut(decision, batch, verdict));
        failures.noDefect();
    }

    private void pause(DecisionExecutor.Pause pause) {
        if (pause.length().isZero()) {
            advance();
        } else {
            activity.waitFor(pause.why(), pause.length(), this::advance);
            nextAttempt = with.time().instant().plus(pause.length());
        }
    }

    /** When it tries again, if it waits for a time that a failure caused. */
    Optional<Instant> nextAttempt() {
        return activity.waitsFor(WaitReason.RETRY) || activity.waitsFor(WaitReason.BACKOFF)
                ? Optional.ofNullable(nextAttempt)
                : Optional.empty();
    }

    /** Reports that wait, besides those in flight. */
    int waiting() {
        return lane.size();
    }

    int inFlight() {
        return activity.inFlight().map(request -> request.batch().size()).orElse(0);
    }

    /** An operator says that the device may be tried again. */
    void tryNow() {
        if (activity.waitsFor(WaitReason.RETRY) || activity.waitsFor(WaitReason.BACKOFF)) {
            advance();
        }
    }

    /** Before a request was sent: the first batch is charged with it, or the lane would be stuck forever. */
    @Override
    public void onDefect(Throwable defect) {
        lane.take(with.rules().packing())
                .ifPresentOrElse(batch -> onDefect(batch, defect), () -> failures.defect(defect, 0));
    }

    @Override
    public void onDefect(Batch batch, Throwable defect) {
        pause(decisions.afterDefect(batch, defect, failures.defect(defect, batch.attempts())));
    }
}
