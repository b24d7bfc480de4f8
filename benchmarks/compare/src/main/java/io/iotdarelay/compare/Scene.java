package io.iotdarelay.compare;

import java.util.List;

/**
 * What all engines are given alike.
 *
 * @param to {@code message}, {@code properties} or {@code gateway}
 * @param keys {@code uniform} or {@code zipf}
 * @param zipf the exponent of the latter
 * @param latencyMillis how long the sink takes to answer
 * @param records how many lie in the topic
 * @param warmUp how many of them are not measured at least
 * @param devices of how many devices; for a gateway route, children
 * @param children of each gateway
 * @param inFlight how many requests may be in flight
 */
public record Scene(
        String to,
        String keys,
        double zipf,
        int latencyMillis,
        int records,
        int warmUp,
        int devices,
        int children,
        int inFlight) {

    public Scene {
        if (!List.of("message", "properties", "gateway").contains(to)) {
            throw new IllegalArgumentException("--to is one of message, properties, gateway");
        }
        if (!List.of("uniform", "zipf").contains(keys)) {
            throw new IllegalArgumentException("--keys is one of uniform, zipf");
        }
    }

    static Scene of(Arguments options, String to, String keys, int latencyMillis) {
        return new Scene(
                to,
                keys,
                options.real("zipf", 1.0),
                latencyMillis,
                options.number("records", 300_000),
                options.number("warm-up", 100_000),
                options.number("devices", 2_000),
                options.number("children", 50),
                options.number("in-flight", 256));
    }

    /** As it is handed to another process. */
    List<String> arguments() {
        return List.of(
                "--to=" + to,
                "--keys=" + keys,
                "--zipf=" + zipf,
                "--latency=" + latencyMillis,
                "--records=" + records,
                "--warm-up=" + warmUp,
                "--devices=" + devices,
                "--children=" + children,
                "--in-flight=" + inFlight);
    }

    public static Scene of(Arguments handedOver) {
        return of(handedOver, handedOver.text("to"), handedOver.text("keys"), handedOver.number("latency", 0));
    }

    public boolean isGateway() {
        return to.equals("gateway");
    }

    public String device(int index) {
        return (isGateway() ? "child-" : "device-") + index;
    }

    /** Whose token a report needs. */
    public String sender(int index) {
        return isGateway() ? "gateway-" + index / children : device(index);
    }

    public int senders() {
        return isGateway() ? (devices + children - 1) / children : devices;
    }

    /** The name of a sender, by its number. */
    public String senderAt(int index) {
        return isGateway() ? "gateway-" + index : device(index);
    }

    String topic() {
        return "compare-" + to + "-" + keys;
    }

    String name() {
        return to + "-" + keys + "-" + latencyMillis + "ms";
    }
}
