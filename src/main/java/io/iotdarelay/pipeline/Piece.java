package io.iotdarelay.pipeline;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.Rejection;
import java.util.List;

/** A part of a record after mapping: a report that is written, or a rejection. */
sealed interface Piece {

    Part.Id id();

    /**
     * There is something to send.
     *
     * @param permitted the devices for which its route may speak
     * @param provisions how its devices are to be created, should nobody know them
     */
    record Accepted(Part.Id id, Written report, PermittedDevices permitted, List<Provision> provisions)
            implements Piece {}

    /** There is nothing that could be sent. */
    record Refused(Part.Id id, Rejection rejection) implements Piece {}
}
