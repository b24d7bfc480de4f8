package io.iotdarelay.mapping;

import io.iotdarelay.telemetry.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * When a reading was taken: the first selector that finds a plausible time is used. A clock that was never set, or runs years
 * ahead, would store a reading where nobody looks for it.
 *
 * <p>Nothing is compared with the current time, so that a record means the same whenever it is read: how far a time is ahead
 * is measured against the record's own timestamp, if that is plausible itself.
 *
 * @param from where times are; none for the record's timestamp
 * @param notBefore earlier times are implausible
 * @param maxAhead how far a time may be ahead of the record's timestamp
 * @param orArrival whether a reading without a plausible time is reported without one: the platform uses the time of arrival then
 */
record TimeRule(List<ValueRule> from, TimeReader reader, Instant notBefore, Duration maxAhead, boolean orArrival) {

    static final Instant NOT_BEFORE = Instant.parse("2000-01-01T00:00:00Z");
    static final Duration MAX_AHEAD = Duration.ofDays(366);

    /** The record's timestamp alone. */
    static final TimeRule OF_RECORD = new TimeRule(
            List.of(), new TimeReader.Guessing(new TimeText(ZoneOffset.UTC)), NOT_BEFORE, MAX_AHEAD, false);

    Result<Instant> of(Scope scope) {
        SourceRecord record = scope.record();
        if (from.isEmpty()) {
            return ofRecord(record);
        }
        Result<Instant> first = read(record, from.getFirst().value(scope));
        Result<Instant> found = first;
        for (int i = 1; i < from.size() && !(found instanceof Result.Found); i++) {
            found = read(record, from.get(i).value(scope));
        }
        return found instanceof Result.Found ? found : first;
    }

    /** Reads a time from anywhere else. */
    Result<Instant> read(SourceRecord record, JsonNode node) {
        return read(record, Result.found(node));
    }

    Result<Instant> ofRecord(SourceRecord record) {
        return stamp(record).as("the record's timestamp");
    }

    private Result<Instant> read(SourceRecord record, Result<JsonNode> value) {
        return value.then(reader::read).then(this::notTooEarly).then(time -> notTooLate(record, time));
    }

    /** Kafka counts milliseconds; some producers write seconds. */
    private Result<Instant> stamp(SourceRecord record) {
        long number = record.timestamp().toEpochMilli();
        TimeReader.Epoch unit = TimeReader.Epoch.guess(number) == TimeReader.Epoch.SECONDS
                ? TimeReader.Epoch.SECONDS
                : TimeReader.Epoch.MILLISECONDS;
        return unit.instant(number).then(this::notTooEarly);
    }

    private Result<Instant> notTooEarly(Instant time) {
        return time.isBefore(notBefore)
                ? Result.failed("the time is before " + notBefore + ": a clock that was not set, or another unit?")
                : time.isAfter(EventTime.LATEST) ? Result.failed("the time is out of range") : Result.found(time);
    }

    private Result<Instant> notTooLate(SourceRecord record, Instant time) {
        return stamp(record)
                .<Result<Instant>>fold(
                        stamp -> time.isAfter(stamp.plus(maxAhead))
                                ? Result.failed(
                                        "the time is further ahead of the record's timestamp than max-ahead allows")
                                : Result.found(time),
                        why -> Result.found(time));
    }
}
