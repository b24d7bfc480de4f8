package io.iotdarelay.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder with a configuration as a user has it. */
record Workplace(Path folder) {

    static final String SECRET = "planted-secret-4711";

    static final String MAPPING = """
              routes:
                - name: meters
                  topics: [telemetry.meters]
                  to: properties
                  device-id: /device_id
                  services:
                    - id: Meter
                      event-time: /ts
                      properties:
                        temperature: /payload/temp
                        voltage: { from: /payload/dv, type: decimal, scale: 0.1 }
                        unit: { value: V }
                        humidity: { from: [/payload/hum, /payload/rh], optional: true }
                        snr: { from: /payload/snr, default: 0 }
            """;

    static final String RECORD =
            "{\"device_id\":\"meter-1\",\"ts\":\"2026-11-24T12:00:00Z\",\"payload\":{\"temp\":21.50,\"dv\":2301}}";

    /** One with a valid configuration, in {@code relay.yaml}. */
    static Workplace valid(Path folder) {
        Workplace place = new Workplace(folder);
        place.write("devices.csv", "device_id,secret,gateway_id\nmeter-1," + SECRET + ",\nchild-1,,meter-1\n");
        place.write("relay.yaml", """
                spring.kafka.bootstrap-servers: 127.0.0.1:1
                relay:
                  iotda.endpoint: https://localhost:1
                  devices.file: file:%s
                """.formatted(place.path("devices.csv")) + MAPPING);
        return place;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** As an option of a verb. */
    String config() {
        return "--config=" + path("relay.yaml");
    }

    /** Writes a file that nobody else may read. */
    Path write(String name, String text) {
        try {
            Files.createDirectories(path(name).getParent());
            Path file = Files.writeString(path(name), text);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a text in the configuration. */
    void change(String from, String to) {
        try {
            String text = Files.readString(path("relay.yaml"));
            if (!text.contains(from)) {
                throw new IllegalArgumentException(from + " is not in the configuration");
            }
            write("relay.yaml", text.replace(from, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
