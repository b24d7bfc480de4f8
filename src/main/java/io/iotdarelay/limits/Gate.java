package io.iotdarelay.limits;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where an event loop's lanes wait while nothing may be sent. While a few may probe, those whose own requests did not fail
 * go first; if there are none, others.
 */
final class Gate {

    /** The state that the gate depends on. */
    interface Valve {

        /** How many may pass now, failing ones or others. */
        int admissible(boolean failing);
    }

    private final Valve valve;
    private final Set<Waiter> parked = new LinkedHashSet<>();
    private final Set<Waiter> probing = new HashSet<>();

    Gate(Valve valve) {
        this.valve = valve;
    }

    /** Whether the waiter is admitted; if not, it is parked, and resumed when it may. */
    boolean admits(Waiter waiter) {
        boolean probe = probing.remove(waiter);
        if (valve.admissible(waiter.isFailing()) > 0 && (probe || parked.isEmpty())) {
            return true;
        }
        park(waiter);
        return false;
    }

    /** The waiter waits for the next change. */
    void park(Waiter waiter) {
        parked.add(waiter);
    }

    void forget(Waiter waiter) {
        parked.remove(waiter);
        probing.remove(waiter);
    }

    /** Resumes the waiters that may pass. Called on the event loop, on changes and every second. */
    void letPass() {
        int healthy = pass(false, valve.admissible(false));
        if (healthy == 0) {
            int unused = pass(true, valve.admissible(true));
        }
    }

    /** Whether there is a waiter whose own request did not fail. */
    boolean hasHealthyWaiter() {
        return parked.stream().anyMatch(waiter -> !waiter.isFailing());
    }

    private int pass(boolean failing, int most) {
        int passed = 0;
        if (most == 0) {
            return passed;
        }
        probing.clear();
        Set<Waiter> going = new LinkedHashSet<>();
        for (Iterator<Waiter> each = parked.iterator(); each.hasNext() && going.size() < most; ) {
            Waiter waiter = each.next();
            if (most == Integer.MAX_VALUE || waiter.isFailing() == failing) {
                each.remove();
                going.add(waiter);
            }
        }
        probing.addAll(going);
        going.forEach(Waiter::resume);
        return going.size();
    }
}
