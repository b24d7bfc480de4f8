package io.iotdarelay.demo;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The devices of the demo: meters, alarms, and gateways with sensors behind them. */
final class SampleFleet {

    static final int METERS = 200;
    static final int ALARMS = 40;
    static final int GATEWAYS = 5;
    static final int SENSORS = 20;

    /** The platform knows another secret of it. */
    static final String REFUSED = "meter-with-wrong-secret";

    /** Nobody knows it. */
    static final String UNKNOWN = "meter-unknown";

    /** The platform does not know it. */
    static final String ALIEN = "sensor-of-somebody-else";

    /** For the user's own records. */
    static final String MINE = "my-device";

    private SampleFleet() {}

    /** Registers them at the platform, and writes the directory that the relay reads. */
    static void enlist(Simulator simulator, Path directory) throws IOException {
        List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id"));
        List<SimulatedDevice> direct = new ArrayList<>();
        direct.add(SimulatedDevice.direct(MINE, "secret-of-mine"));
        for (int i = 0; i < METERS; i++) {
            direct.add(SimulatedDevice.direct("meter-" + i, "secret-of-meter-" + i));
        }
        for (int i = 0; i < ALARMS; i++) {
            direct.add(SimulatedDevice.direct("alarm-" + i, "secret-of-alarm-" + i));
        }
        for (int i = 0; i < GATEWAYS; i++) {
            direct.add(SimulatedDevice.direct("gateway-" + i, "secret-of-gateway-" + i));
            for (int j = 0; j < SENSORS; j++) {
                simulator.register(SimulatedDevice.child("gateway-" + i + "-sensor-" + j, "gateway-" + i));
            }
        }
        direct.forEach(device -> {
            simulator.register(device);
            lines.add(device.id() + "," + device.secret() + ",");
        });
        simulator.register(SimulatedDevice.direct(REFUSED, "what-the-platform-knows"));
        lines.add(REFUSED + ",what-the-directory-says,");
        Files.write(directory, lines, StandardCharsets.UTF_8);
    }
}
