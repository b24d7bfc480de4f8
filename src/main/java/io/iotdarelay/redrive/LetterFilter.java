package io.iotdarelay.redrive;

import io.iotdarelay.telemetry.RecordPosition;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which dead letters are meant; what is empty does not matter.
 *
 * @param from the earliest time at which they were written
 * @param to before which they were written
 * @param positions in the dead-letter topics; empty for any
 */
public record LetterFilter(
        Optional<String> reason,
        Optional<String> route,
        Optional<String> device,
        Optional<Instant> from,
        Optional<Instant> to,
        Set<RecordPosition> positions) {

    public LetterFilter {
        positions = Set.copyOf(positions);
    }

    /** Whether any letter is meant. */
    public boolean isEmpty() {
        return reason.isEmpty()
                && route.isEmpty()
                && device.isEmpty()
                && from.isEmpty()
                && to.isEmpty()
                && positions.isEmpty();
    }

    public boolean matches(Letter letter) {
        return isSame(reason, letter.reason())
                && isSame(route, letter.route())
                && isSame(device, letter.device())
                && from.filter(letter.at()::isBefore).isEmpty()
                && to.filter(end -> !letter.at().isBefore(end)).isEmpty()
                && (positions.isEmpty() || positions.contains(letter.position()));
    }

    private static boolean isSame(Optional<String> wanted, Optional<String> found) {
        return wanted.isEmpty() || wanted.equals(found);
    }
}
