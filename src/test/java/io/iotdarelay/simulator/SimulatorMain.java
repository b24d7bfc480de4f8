package io.iotdarelay.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A simulator as a process of its own.
 *
 * <pre>{@code
 * --port=8443               where to listen; any free port by default
 * --devices=2000            how many devices to register: device-0, device-1, ...
 * --gateways=10             how many gateways besides: gateway-0, ...
 * --children=50             how many children behind each: gateway-0-child-0, ...
 * --directory=devices.csv   where to write the devices for a client
 * --ca=ca.pem               where to write the certificate to trust
 * --latency=20ms            how long each answer takes
 * --report=5s               how often to print what was counted
 * --ledger=full             keeps every request; by default it only counts
 * }</pre>
 *
 * The first line on standard output is the endpoint.
 */
public final class SimulatorMain {

    private SimulatorMain() {}

    public static void main(String[] args) throws IOException {
        Map<String, String> arguments = parse(args);
        SimulatorOptions options = new SimulatorOptions().port(Integer.parseInt(arguments.getOrDefault("port", "0")));
        if (!"full".equals(arguments.get("ledger"))) {
            options.countOnly();
        }
        Simulator simulator = Simulator.start(options);
        StringBuilder directory = new StringBuilder("device_id,secret,gateway_id\n");
        register(simulator, arguments, directory);
        if (arguments.containsKey("directory")) {
            Files.writeString(Path.of(arguments.get("directory")), directory, StandardCharsets.UTF_8);
        }
        if (arguments.containsKey("ca")) {
            Files.writeString(Path.of(arguments.get("ca")), simulator.certificateAuthority(), StandardCharsets.UTF_8);
        }
        Duration latency = duration(arguments.getOrDefault("latency", "0ms"));
        if (!latency.isZero()) {
            simulator.faults().inject(new Fault.Delay(latency, latency));
        }
        System.out.println(simulator.endpoint());
        Duration every = duration(arguments.getOrDefault("report", "5s"));
        long lastRequests = 0;
        while (true) {
            LockSupport.parkNanos(every.toNanos());
            long requests = simulator.ledger().requestCount();
            System.out.printf(
                    Locale.ROOT,
                    "requests %d (%.0f/s) accepted reports %d answers %s%n",
                    requests,
                    (requests - lastRequests) / (every.toMillis() / 1000.0),
                    simulator.ledger().acceptedCount(),
                    simulator.ledger().answers());
            lastRequests = requests;
        }
    }

    private static void register(Simulator simulator, Map<String, String> arguments, StringBuilder directory) {
        for (int i = 0; i < Integer.parseInt(arguments.getOrDefault("devices", "0")); i++) {
            SimulatedDevice device = SimulatedDevice.direct("device-" + i, "secret-of-device-" + i);
            simulator.register(device);
            directory.append(device.id()).append(',').append(device.secret()).append(",\n");
        }
        for (int i = 0; i < Integer.parseInt(arguments.getOrDefault("gateways", "0")); i++) {
            SimulatedDevice gateway = SimulatedDevice.direct("gateway-" + i, "secret-of-gateway-" + i);
            simulator.register(gateway);
            directory.append(gateway.id()).append(',').append(gateway.secret()).append(",\n");
            for (int j = 0; j < Integer.parseInt(arguments.getOrDefault("children", "0")); j++) {
                SimulatedDevice child = SimulatedDevice.child(gateway.id() + "-child-" + j, gateway.id());
                simulator.register(child);
                directory.append(child.id()).append(",,").append(gateway.id()).append('\n');
            }
        }
    }

    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.ofNanos(TimeUnit.SECONDS.toNanos(Long.parseLong(text.substring(0, text.length() - 1))));
    }

    private static Map<String, String> parse(String[] args) {
        Map<String, String> arguments = new HashMap<>();
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            if (!parts[0].startsWith("--") || parts.length != 2) {
                throw new IllegalArgumentException("not understood: " + arg);
            }
            arguments.put(parts[0].substring(2), parts[1]);
        }
        return arguments;
    }
}
