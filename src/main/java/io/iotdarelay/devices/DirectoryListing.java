package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The devices that were read from a file, and the invalid lines. If a device occurs twice, the last line is used, and that
 * is reported, too. When the limit is reached, nothing more is stored.
 */
final class DirectoryListing {

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
        if (gatewayId != null && !gatewayId.isEmpty() && !DeviceId.isValid(gatewayId)) {
            broken(place, "gateway_id is invalid");
            return;
        }
        if (productId != null && !productId.isEmpty() && !DirectoryEntry.isProduct(productId)) {
            broken(place, "product_id is invalid");
            return;
        }
        if (nodeId != null && !nodeId.isEmpty() && !DeviceId.isValid(nodeId)) {
            broken(place, "node_id is invalid");
            return;
        }
        if (groupName != null && !groupName.isEmpty() && !DirectoryEntry.isGroup(groupName)) {
            broken(place, "group is invalid");
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

    /** Whether there were more devices than there is room for. */
    boolean isFull() {
        return taken > room;
    }

    void broken(String place, String why) {
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
