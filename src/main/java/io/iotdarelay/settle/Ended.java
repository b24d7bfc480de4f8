package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import java.util.Optional;

/**
 * How a record ended, as the dead-letter budget counts it.
 *
 * @param reason why it became a dead letter; nothing if it was delivered
 */
record Ended(Origin origin, SourcePartition partition, Optional<RejectionReason> reason) {

    boolean isRejected() {
        return reason.isPresent();
    }
}
