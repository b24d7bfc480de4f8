package io.iotdarelay.benchmark;

import java.util.List;

/** What a part of some figures is not above. */
final class Quantiles {

    private Quantiles() {}

    /** Of one figure or more, in their order. */
    static long at(List<Long> sorted, double part) {
        return sorted.get((int) Math.round((sorted.size() - 1) * part));
    }
}
