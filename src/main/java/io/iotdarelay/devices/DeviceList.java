package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of devices that are to exist: as a directory file, but a secret may be missing, and there may be a column {@code name}.
 *
 * @param rows the devices, in their order
 * @param broken the first invalid lines, each with its position, without its content
 * @param brokenRows how many there are
 */
public record DeviceList(List<Row> rows, List<String> broken, int brokenRows) {

    private static final String NAME = "name";
    /** The most invalid lines that are told. */
    public static final int MOST_REPORTED = 20;

    public DeviceList {
        rows = List.copyOf(rows);
        broken = List.copyOf(broken);
    }

    /**
     * A device.
     *
     * @param place where it stands, in readable form
     */
    public record Row(
            String place,
            DeviceId device,
            @Nullable DeviceSecret secret,
            @Nullable DeviceId gateway,
            @Nullable String product,
            @Nullable String node,
            @Nullable String group,
            @Nullable String name) {}

    /** Reads a file. */
    public static DeviceList read(Path file) throws IOException {
        Reading reading = new Reading();
        DirectoryFormat.read(file, reading);
        return new DeviceList(reading.rows, reading.broken, reading.brokenRows);
    }

    private static final class Reading implements DirectoryFormat.Rows {

        private final List<Row> rows = new ArrayList<>();
        private final Set<DeviceId> devices = new HashSet<>();
        private final List<String> broken = new ArrayList<>();
        private int brokenRows;

        @Override
        public void row(String place, DirectoryFormat.Column column) {
            String id = set(column.of(DirectoryFormat.DEVICE_ID));
            if (id == null || !DeviceId.isValid(id)) {
                broken(place, "device_id is missing or invalid");
                return;
            }
            String gateway = set(column.of(DirectoryFormat.GATEWAY_ID));
            String product = set(column.of(DirectoryFormat.PRODUCT_ID));
            String node = set(column.of(DirectoryFormat.NODE_ID));
            String group = set(column.of(DirectoryFormat.GROUP));
            String secret = set(column.of(DirectoryFormat.SECRET));
            DirectoryListing.invalid(gateway, product, node, group)
                    .ifPresentOrElse(
                            why -> broken(place, why),
                            () -> add(new Row(
                                    place,
                                    new DeviceId(id),
                                    secret == null ? null : new DeviceSecret(secret),
                                    gateway == null ? null : new DeviceId(gateway),
                                    product == null ? null : product.intern(),
                                    node,
                                    group == null ? null : group.intern(),
                                    set(column.of(NAME)))));
        }

        private void add(Row row) {
            if (devices.add(row.device())) {
                rows.add(row);
            } else {
                broken(row.place(), "the device is in the file more than once");
            }
        }

        @Override
        public void broken(String place, String why) {
            brokenRows++;
            if (broken.size() < MOST_REPORTED) {
                broken.add(place + ": " + why);
            }
        }

        @Override
        public boolean isFull() {
            return false;
        }

        private static @Nullable String set(@Nullable String value) {
            return value == null || value.isEmpty() ? null : value;
        }
    }
}
