package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.lane.Lane;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Carries out the decisions about a lane's reports. Each method returns how long the lane then pauses. */
final class DecisionExecutor {

    private static final Pause DEFECT_PAUSE = new Pause(WaitReason.BACKOFF, Duration.ofSeconds(1));

    private final LaneResources with;
    private final Lane lane;

    /**
     * A pause before the next step of a lane.
     *
     * @param length zero: the lane continues at once
     */
    record Pause(WaitReason why, Duration length) {

        static final Pause NONE = new Pause(WaitReason.BACKOFF, Duration.ZERO);
    }

    DecisionExecutor(LaneResources resources, Lane lane) {
        this.with = resources;
        this.lane = lane;
    }

    /** After a verdict on a batch that was sent. */
    Pause carryOut(Decision decision, Batch batch, Verdict verdict) {
        return switch (decision) {
            case Decision.Deliver ignored -> {
                with.outcomes().delivered(batch.entries());
                yield Pause.NONE;
            }
            case Decision.Reject reject -> {
                reject(batch, reject.reason(), reject.detail(), verdict);
                if (verdict instanceof Verdict.ChildRejected) {
                    batch.devices().forEach(with.directory()::childRejected);
                }
                yield Pause.NONE;
            }
            case Decision.Split split -> {
                lane.putBack(split.parts());
                yield Pause.NONE;
            }
            case Decision.Retry retry -> {
                lane.putBack(List.of(batch));
                yield new Pause(retry.why(), retry.delay());
            }
            case Decision.SetAside aside -> {
                with.directory()
                        .credentials(lane.sender())
                        .ifPresent(credentials -> with.quarantine()
                                .setAside(
                                        credentials,
                                        batch.entries().getFirst().record().assignment(),
                                        aside.reason(),
                                        verdict.answer()));
                reject(batch, aside.reason(), aside.detail(), verdict);
                yield Pause.NONE;
            }
        };
    }

    /** After an authentication with these credentials that was denied: what waits in the lane stays in it. */
    Pause carryOut(Decision.AboutDevice decision, DeviceCredentials credentials, Verdict verdict) {
        return switch (decision) {
            case Decision.Retry retry -> new Pause(retry.why(), retry.delay());
            case Decision.SetAside aside -> {
                lane.first()
                        .ifPresent(first -> with.quarantine()
                                .setAside(credentials, first.record().assignment(), aside.reason(), verdict.answer()));
                yield Pause.NONE;
            }
        };
    }

    /**
     * After a defect of the relay. The lane starts again after a pause, with the batch that it had or the first one. If that was one defect too many, the batch is split, or its record rejected.
     */
    Pause afterDefect(Batch batch, Throwable defect, boolean isTooOften) {
        if (!isTooOften) {
            lane.putBack(List.of(batch));
        } else if (batch.isSingle()) {
            with.outcomes().broken(batch.entries(), defect, batch.attempts());
        } else {
            lane.putBack(batch.halves());
        }
        return DEFECT_PAUSE;
    }

    /** Rejects everything queued in the lane, because its device was set aside. */
    void rejectAll(Quarantine.Refusal refusal) {
        rejectAll(refusal.reason(), refusal.describe(), refusal.answer());
    }

    /** Rejects everything queued in the lane, without a request to the platform. */
    void rejectAll(RejectionReason reason, String detail) {
        rejectAll(reason, detail, Optional.empty());
    }

    private void rejectAll(RejectionReason reason, String detail, Optional<PlatformAnswer> answer) {
        with.outcomes().rejected(lane.takeAll(), reason, detail, answer, 0);
    }

    private void reject(Batch batch, RejectionReason reason, String detail, Verdict verdict) {
        with.outcomes().rejected(batch.entries(), reason, detail, verdict.answer(), batch.attempts());
    }
}
