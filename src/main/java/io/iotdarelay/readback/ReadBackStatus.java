package io.iotdarelay.readback;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the arrival of reports.
 *
 * @param routes by their names; those of which nothing was checked yet are missing
 * @param notStored what is not stored again and again, not too many
 * @param devices how many are watched
 * @param services how many services, of products or routes, they stand for
 * @param forgotten how often a check came to no verdict
 * @param isCurrent whether there was a verdict lately
 */
public record ReadBackStatus(
        Map<String, Route> routes,
        List<NotStored> notStored,
        int devices,
        int services,
        long forgotten,
        boolean isCurrent) {

    public ReadBackStatus {
        routes = Map.copyOf(routes);
        notStored = List.copyOf(notStored);
    }

    /**
     * A route's reports.
     *
     * @param delivered when the last one was delivered that was then seen on the platform
     * @param seen when it was seen there
     * @param checked when the last verdict was, whatever it was
     * @param outcomes how many were found how: stored, newer, different, missing
     */
    public record Route(
            Optional<Instant> delivered, Optional<Instant> seen, Instant checked, Map<String, Long> outcomes) {

        public Route {
            outcomes = Map.copyOf(outcomes);
        }
    }

    /**
     * A property that the platform does not store although it answered 200, again and again.
     *
     * @param outcome missing, or different
     * @param reason the likely one, without any value
     * @param value what was reported last and is not there, as JSON, perhaps clipped: for those who may see details, never for a log
     * @param device one that reported it
     * @param since when that was noticed
     */
    public record NotStored(
            String route,
            String service,
            String property,
            String outcome,
            String reason,
            String value,
            DeviceId device,
            Instant since) {

        private static final int LONGEST_VALUE = 100;

        public NotStored {
            value = value.codePointCount(0, value.length()) <= LONGEST_VALUE
                    ? value
                    : value.substring(0, value.offsetByCodePoints(0, LONGEST_VALUE)) + "...";
        }

        /** For people who may see details: with the value. */
        public String describe() {
            return place() + ", last of device " + device + ", which reported " + value + "; " + reason;
        }

        private String place() {
            return "route " + route + ", service " + service + ", property " + property + ": " + outcome
                    + " on the platform";
        }

        /** Without the value. */
        @Override
        public String toString() {
            return place();
        }
    }
}
