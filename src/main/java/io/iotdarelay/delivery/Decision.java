package io.iotdarelay.delivery;

import io.iotdarelay.lane.Batch;
import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.util.List;

/** What to do with a batch after a verdict, or with a lane whose device could not authenticate. */
sealed interface Decision {

    /** What can be decided about a device without a batch: it could not authenticate. */
    sealed interface AboutDevice extends Decision {}

    /** All of it arrived. */
    record Deliver() implements Decision {}

    /** All of it is at fault. */
    record Reject(RejectionReason reason, String detail) implements Decision {}

    /** One of it is at fault: the parts are sent one after the other. */
    record Split(List<Batch> parts) implements Decision {}

    /** Resend it later. */
    record Retry(Duration delay, WaitReason why) implements AboutDevice {}

    /** The device is at fault: its waiting and further records are rejected until a probe succeeds. */
    record SetAside(RejectionReason reason, String detail) implements AboutDevice {}
}
