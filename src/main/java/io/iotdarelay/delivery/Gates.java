package io.iotdarelay.delivery;

import java.util.List;

/** The gates of one event loop, one for each breaker. */
final class Gates {

    private final Gate configuration;
    private final Gate reports;
    private final Gate authentications;

    Gates(Breakers breakers) {
        configuration = new Gate(breakers.configuration());
        reports = new Gate(breakers.reports());
        authentications = new Gate(breakers.authentications());
    }

    /** Whether the lane may go on; if not, it is parked. */
    boolean admits(LaneDelivery lane, boolean hasToken) {
        return configuration.admits(lane) && (hasToken ? reports : authentications).admits(lane);
    }

    /** The lane was refused the permission to report, or to authenticate. */
    void park(LaneDelivery lane, boolean hasToken) {
        (configuration.isOpen() ? configuration : hasToken ? reports : authentications).park(lane);
    }

    /** The lane is no more. */
    void forget(LaneDelivery lane) {
        all().forEach(gate -> gate.forget(lane));
    }

    /** Lets go on who may. */
    void look() {
        all().forEach(Gate::look);
    }

    private List<Gate> all() {
        return List.of(configuration, reports, authentications);
    }
}
