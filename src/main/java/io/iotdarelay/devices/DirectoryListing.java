package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The devices that were read from a file, and the invalid lines. If a device occurs twice, the last line is used, and that
 * is reported, too. When the limit is reached, nothing more is stored.
 */
final class DirectoryListing implements DirectoryFormat.Rows {

    private static final int MAX_REPORTED = 20;

    private final long room;
    private long taken;
    private final Map<DeviceId, DirectoryEntry> devices = new HashMap<>();
    private final Nodes nodes = new Nodes();
    private final List<String> broken = new ArrayList<>();
    private int brokenEntries;

    /** One with room for this many bytes of heap. */
    DirectoryListing(long room) {
        this.room = room;
    }

    @Override
    public void row(String place, DirectoryFormat.Column column) {
        add(
                place,
                column.of(DirectoryFormat.DEVICE_ID),
                column.of(DirectoryFormat.SECRET),
                column.of(DirectoryFormat.GATEWAY_ID),
                column.of(DirectoryFormat.PRODUCT_ID),
                column.of(DirectoryFormat.NODE_ID),
                column.of(DirectoryFormat.GROUP));
    }

    /** Adds an entry, or reports what is wrong with it. Never repeats its content, which may contain a secret. */
    void add(
            String place,
            @Nullable String deviceId,
            @Nullable String secret,
            @Nullable String gatewayId,
            @Nullable String productId,
            @Nullable String nodeId,
            @Nullable String groupName) {
        if (deviceId == null || !DeviceId.isValid(deviceId)) {
            broken(place, "device_id is missing or invalid");
            return;
        }
        Optional<String> invalid = invalid(gatewayId, productId, nodeId, groupName);
        if (invalid.isPresent()) {
            broken(place, invalid.get());
            return;
        }
        DeviceSecret known = secret == null || secret.isEmpty() ? null : new DeviceSecret(secret);
        DeviceId gateway = gatewayId == null || gatewayId.isEmpty() ? null : new DeviceId(gatewayId);
        if (known == null && gateway == null) {
            broken(place, "neither secret nor gateway_id");
            return;
        }
        DeviceId device = new DeviceId(deviceId);
        // Many devices have the same product or group: one text for all of them.
        String product = productId == null || productId.isEmpty() ? null : productId.intern();
        String group = groupName == null || groupName.isEmpty() ? null : groupName.intern();
        DeviceId node = nodeId == null || nodeId.isEmpty() ? null : new DeviceId(nodeId);
        DirectoryEntry entry = new DirectoryEntry(device, known, gateway, product, node, group);
        taken += entry.size();
        if (isFull()) {
            return;
        }
        DirectoryEntry former = devices.put(device, entry);
        if (former != null) {
            broken(place, "the device is in the file more than once; the last line counts");
            nodes.forget(former);
        }
        if (node != null && nodes.put(node, device)) {
            broken(place, "another device has the same node_id; the last line counts");
        }
    }

    /** Which of the columns that may be empty is invalid. */
    static Optional<String> invalid(
            @Nullable String gatewayId,
            @Nullable String productId,
            @Nullable String nodeId,
            @Nullable String groupName) {
        if (gatewayId != null && !gatewayId.isEmpty() && !DeviceId.isValid(gatewayId)) {
            return Optional.of("gateway_id is invalid");
        }
        if (productId != null && !productId.isEmpty() && !DirectoryEntry.isProduct(productId)) {
            return Optional.of("product_id is invalid");
        }
        if (nodeId != null && !nodeId.isEmpty() && !DeviceId.isValid(nodeId)) {
            return Optional.of("node_id is invalid");
        }
        return groupName != null && !groupName.isEmpty() && !DirectoryEntry.isGroup(groupName)
                ? Optional.of("group is invalid")
                : Optional.empty();
    }

    /** Whether there were more devices than there is room for. */
    @Override
    public boolean isFull() {
        return taken > room;
    }

    @Override
    public void broken(String place, String why) {
        brokenEntries++;
        if (broken.size() < MAX_REPORTED) {
            broken.add(place + ": " + why);
        }
    }

    Map<DeviceId, DirectoryEntry> devices() {
        return devices;
    }

    /** The devices by what records call them. */
    Nodes nodes() {
        return nodes;
    }

    List<String> broken() {
        return broken;
    }

    int brokenEntries() {
        return brokenEntries;
    }
}
