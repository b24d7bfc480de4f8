package io.iotdarelay.settle;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourcePartition;

/**
 * Where a record came from, as far as the dead-letter budget can tell. IDs that are not in the directory are not separate
 * origins, because anyone can make them up.
 */
sealed interface Origin {

    /** A device in the directory: the one that sends, which is the gateway for a child. */
    record Device(DeviceId id) implements Origin {
        @Override
        public String toString() {
            return "device " + id;
        }
    }

    /** No known device: all such records of a partition count as one origin. */
    record Unknown(SourcePartition partition) implements Origin {
        @Override
        public String toString() {
            return "records of no known device in partition " + partition;
        }
    }
}
