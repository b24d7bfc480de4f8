package io.iotdarelay.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How many calls of the application side are taken, by their class; what exceeds a rate is refused.
 *
 * @param limits a class without one is not limited
 */
public record Rates(Map<Of, Rate> limits) {

    public Rates {
        limits = Map.copyOf(limits);
    }

    /** Classes of calls. Each call counts for {@link #ALL}, too. */
    public enum Of {
        ALL,
        READ_SHADOW,
        READ_DEVICE,
        CREATE;

        boolean covers(Api api) {
            return switch (this) {
                case ALL -> true;
                case READ_SHADOW -> api == Api.GET_SHADOW;
                case READ_DEVICE -> api == Api.GET_DEVICE;
                case CREATE -> api == Api.CREATE_DEVICE;
            };
        }
    }

    /** So many in that time, where what was not used is saved up for as long as the same time. */
    public record Rate(int calls, Duration per) {}

    public static Rates none() {
        return new Rates(Map.of());
    }

    /** Those of an enterprise instance of 1,000 TPS: 200 a second, among them 100 of shadows and 50 of devices. */
    public static Rates enterprise() {
        return none().with(Of.ALL, 200).with(Of.READ_SHADOW, 100).with(Of.READ_DEVICE, 50);
    }

    /** A copy with another rate, in calls a second. */
    public Rates with(Of of, int perSecond) {
        return with(of, new Rate(perSecond, Duration.ofSeconds(1)));
    }

    /** A copy with another rate. */
    public Rates with(Of of, Rate rate) {
        Map<Of, Rate> more = new HashMap<>(limits);
        more.put(of, rate);
        return new Rates(more);
    }
}
