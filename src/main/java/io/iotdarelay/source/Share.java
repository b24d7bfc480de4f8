package io.iotdarelay.source;

import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Which part of what the group shares this instance may use, from 0 to 1. It is known in advance for some seconds: what a new partition
 * brings counts a little later, and without news nothing counts for long.
 *
 * @param steps in their order; before the first one it is nothing
 */
record Share(List<Step> steps) implements ToDoubleFunction<Instant> {

    /** From then on it is this part. */
    record Step(Instant from, double part) {}

    static final Share NOTHING = new Share(List.of());

    Share {
        steps = List.copyOf(steps);
    }

    /** The part at a time of the poll loop's clock. */
    @Override
    public double applyAsDouble(Instant now) {
        double part = 0;
        for (Step step : steps) {
            if (now.isBefore(step.from())) {
                break;
            }
            part = step.part();
        }
        return part;
    }

    /** The part that it grows to if all goes on as it is. */
    double most() {
        return steps.stream().mapToDouble(Step::part).max().orElse(0);
    }
}
