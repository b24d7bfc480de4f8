package io.iotdarelay.pipeline;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Rejection;
import java.time.Instant;
import java.util.List;

/** What other threads report to the poll thread. */
sealed interface Settlement {

    /** Records got an outcome at this time. */
    record Finished(List<LaneEntry> entries, Outcome outcome, Instant at) implements Settlement {}

    /** A dead letter is to be sent again. */
    record Again(Redrives.Order order) implements Settlement {}

    /**
     * Something else is to be done on the poll thread.
     *
     * @param refused if there is no time for it
     */
    record Task(Runnable what, Runnable refused) implements Settlement {}

    /** An operator resumes a route. */
    record RouteResumed(String route) implements Settlement {}

    /** Kafka has acknowledged a dead letter. */
    record DeadLetterWritten(RecordInFlight record, Rejection rejection) implements Settlement {}
}
