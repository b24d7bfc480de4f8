package io.iotdarelay.devices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** A directory of devices, as the relay reads it from its file. */
public final class KnownDevices {

    private KnownDevices() {}

    /** So many devices, each with a secret, of one product. */
    public static DeviceDirectory of(String prefix, int devices, String product) {
        try {
            Path file = Files.createTempFile("devices", ".csv");
            List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id,product_id"));
            for (int i = 0; i < devices; i++) {
                lines.add("%s%05d,secret-of-%d,,%s".formatted(prefix, i, i, product));
            }
            FileDirectory directory = new FileDirectory(Files.write(file, lines), Clock.systemUTC());
            directory.refresh();
            Files.delete(file);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
