package io.iotdarelay.settle;

import io.iotdarelay.telemetry.RejectionReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a route may go on, judged by how many of its last records became dead letters. One that mostly fails is stopped, so that
 * a mistake does not move a whole topic into dead letters; after a while it may try a few records, and an operator may let it go on.
 * Belongs to the poll thread; anybody may ask for the status.
 */
public final class DeadLetterBudget {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterBudget.class);

    /** So many records decide whether a probe went well. */
    private static final int PROBE = 20;

    private enum State {
        GOES_ON,
        STOPPED,
        PROBES
    }

    /** One route's last records, each with the reason why it failed, or none. */
    private static final class Route {
        private final Deque<Optional<RejectionReason>> last = new ArrayDeque<>();
        private final Map<RejectionReason, Integer> rejected = new EnumMap<>(RejectionReason.class);
        private State state = State.GOES_ON;
        private Instant probeAt = Instant.MAX;

        void add(Optional<RejectionReason> outcome, int most) {
            last.add(outcome);
            outcome.ifPresent(reason -> rejected.merge(reason, 1, Integer::sum));
            if (last.size() > most) {
                last.remove().ifPresent(reason -> rejected.merge(reason, -1, Integer::sum));
            }
        }

        int rejections() {
            return rejected.values().stream().mapToInt(Integer::intValue).sum();
        }

        void clear() {
            last.clear();
            rejected.clear();
        }
    }

    private final double maxShare;
    private final int ofLast;
    private final Duration probeEvery;
    private final InstantSource time;
    private final Map<String, Route> routes = new HashMap<>();
    private volatile Map<String, String> stopped = Map.of();

    /**
     * A budget for each route.
     *
     * @param maxShare which part of the last records may be dead letters; 1 lets every route go on
     * @param ofLast how many records are the last ones
     * @param probeEvery after which time a route that was stopped tries a few records
     */
    public DeadLetterBudget(double maxShare, int ofLast, Duration probeEvery, InstantSource time) {
        this.maxShare = maxShare;
        this.ofLast = ofLast;
        this.probeEvery = probeEvery;
        this.time = time;
    }

    /** A record of the route came to an end that is no dead letter. */
    public void succeeded(String name) {
        count(name, Optional.empty());
    }

    /** A record of the route is to be a dead letter. */
    public void rejected(String name, RejectionReason reason) {
        count(name, Optional.of(reason));
    }

    /** Why the route is stopped, if it is. */
    public Optional<String> reasonToStop(String name) {
        String why = stopped.get(name);
        Route route = why == null ? null : routes.get(name);
        if (route == null) {
            return Optional.empty();
        }
        if (route.state == State.STOPPED && !time.instant().isBefore(route.probeAt)) {
            route.state = State.PROBES;
            route.clear();
        }
        return route.state == State.STOPPED ? Optional.ofNullable(why) : Optional.empty();
    }

    /** An operator has looked, and lets the route go on. Says whether it had been stopped. */
    public boolean resume(String name) {
        Route route = routes.get(name);
        if (route == null || route.state == State.GOES_ON) {
            return false;
        }
        goOn(name, route, "An operator lets a route go on");
        return true;
    }

    /** The routes that are stopped, and why. Any thread. */
    public Map<String, String> stopped() {
        return stopped;
    }

    private void count(String name, Optional<RejectionReason> outcome) {
        if (maxShare >= 1) {
            return;
        }
        Route route = routes.computeIfAbsent(name, any -> new Route());
        route.add(outcome, ofLast);
        switch (route.state) {
            case GOES_ON -> {
                if (route.rejections() > maxShare * ofLast) {
                    stop(name, route, ofLast);
                }
            }
            case PROBES -> {
                if (route.rejections() > maxShare * PROBE) {
                    stop(name, route, PROBE);
                } else if (route.last.size() >= PROBE) {
                    goOn(name, route, "A route goes on: what it tried went well");
                }
            }
            case STOPPED -> {}
        }
    }

    private void stop(String name, Route route, int of) {
        boolean news = route.state == State.GOES_ON;
        route.state = State.STOPPED;
        route.probeAt = time.instant().plus(probeEvery);
        String why = route.rejections() + " of the last " + Math.min(of, route.last.size())
                + " records became dead letters (" + reasons(route) + "); tried again at "
                + route.probeAt.truncatedTo(ChronoUnit.SECONDS);
        tell(name, why);
        (news ? log.atError() : log.atDebug())
                .addKeyValue("route", name)
                .addKeyValue("reason", why)
                .log("A route is stopped: most of its records become dead letters");
    }

    private void goOn(String name, Route route, String message) {
        route.state = State.GOES_ON;
        route.clear();
        tell(name, null);
        log.atInfo().addKeyValue("route", name).log(message);
    }

    private void tell(String name, @Nullable String why) {
        Map<String, String> now = new HashMap<>(stopped);
        if (why == null) {
            now.remove(name);
        } else {
            now.put(name, why);
        }
        stopped = Map.copyOf(now);
    }

    private static String reasons(Route route) {
        return route.rejected.entrySet().stream()
                .filter(reason -> reason.getValue() > 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(reason -> reason.getKey().code() + " " + reason.getValue())
                .collect(Collectors.joining(", "));
    }
}
