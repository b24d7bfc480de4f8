package io.iotdarelay.commands;

import java.util.Set;

/**
 * A place that may hold the device's ID.
 *
 * @param rule as the route's {@code device-id} has it
 * @param shown the same for a comment
 * @param ids what the rule yields
 * @param score how likely it is
 * @param known how many of the IDs the directory knows
 */
record DeviceCandidate(Place place, String rule, String shown, Set<String> ids, double score, int known) {

    /** From here on, a name or the directory speaks for it. */
    private static final double CREDIBLE = 3.5;

    boolean isCredible() {
        return known > 0 || score >= CREDIBLE;
    }
}
