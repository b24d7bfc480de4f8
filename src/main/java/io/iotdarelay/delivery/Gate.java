package io.iotdarelay.delivery;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where the lanes of one event loop wait while a breaker is open. When it is half open, as many go on as may probe; when it
 * is closed, all.
 */
final class Gate {

    private final Breaker breaker;
    private final Set<LaneDelivery> parked = new LinkedHashSet<>();
    private final Set<LaneDelivery> probing = new HashSet<>();

    Gate(Breaker breaker) {
        this.breaker = breaker;
    }

    /** Whether the lane may go on; if not, it is parked, and told when it may. */
    boolean admits(LaneDelivery lane) {
        boolean probe = probing.remove(lane);
        if (!breaker.isOpen() && (probe || parked.isEmpty())) {
            return true;
        }
        park(lane);
        return false;
    }

    /** The lane waits for the next change. */
    void park(LaneDelivery lane) {
        parked.add(lane);
    }

    /** The lane is no more. */
    void forget(LaneDelivery lane) {
        parked.remove(lane);
        probing.remove(lane);
    }

    /** The breaker may have changed: lets go on who may. Called on the event loop, on changes and every second. */
    void look() {
        if (breaker.isOpen()) {
            return;
        }
        int number = breaker.isHalfOpen() ? Math.min(breaker.probes(), parked.size()) : parked.size();
        probing.clear();
        for (int i = 0; i < number && !parked.isEmpty(); i++) {
            Iterator<LaneDelivery> first = parked.iterator();
            LaneDelivery lane = first.next();
            first.remove();
            probing.add(lane);
            lane.resume();
        }
    }

    boolean isOpen() {
        return breaker.isOpen();
    }
}
