package io.iotdarelay.testing;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryEntry.Barrier;
import io.iotdarelay.devices.DirectoryStatus;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Remedy;
import io.iotdarelay.devices.Want;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A directory that a test fills. */
public final class MapDirectory implements DeviceDirectory {

    private final Map<DeviceId, DirectoryEntry> devices = new HashMap<>();
    private final Map<DeviceId, DeviceId> nodes = new HashMap<>();
    private final Map<DeviceId, Integer> failures = new HashMap<>();
    private final List<Want> wanted = new ArrayList<>();
    private final List<DeviceCredentials> accepted = new ArrayList<>();
    private final List<DeviceId> rejectedChildren = new ArrayList<>();
    private boolean findsNodes;
    private Function<Want, Outlook> outlook = want -> Outlook.NONE;
    private Function<ProvisionRequest, Outlook> moves = child -> Outlook.NONE;
    private Function<DeviceCredentials, Remedy> remedy = credentials -> Remedy.NONE;

    public MapDirectory with(String device, String secret) {
        DeviceId id = new DeviceId(device);
        devices.put(id, new DirectoryEntry(id, new DeviceSecret(secret), null));
        return this;
    }

    public MapDirectory withChild(String device, String gateway) {
        DeviceId id = new DeviceId(device);
        devices.put(id, new DirectoryEntry(id, null, new DeviceId(gateway)));
        return this;
    }

    /** Names may turn out to be nodes' when they are asked for. */
    public MapDirectory findingNodes() {
        findsNodes = true;
        return this;
    }

    @Override
    public boolean mayBeNamedByNode() {
        return findsNodes;
    }

    /** Children whose reports the platform refused. */
    public List<DeviceId> rejectedChildren() {
        return rejectedChildren;
    }

    @Override
    public void childRejected(DeviceId child) {
        rejectedChildren.add(child);
    }

    /** What is to be expected of a child that records find behind another gateway. */
    public MapDirectory moving(Function<ProvisionRequest, Outlook> how) {
        moves = how;
        return this;
    }

    @Override
    public Outlook move(ProvisionRequest child, String route) {
        return moves.apply(child);
    }

    /** Puts a device that is there into a group. */
    public MapDirectory inGroup(String group, String... names) {
        for (String device : names) {
            devices.computeIfPresent(
                    new DeviceId(device),
                    (id, entry) -> new DirectoryEntry(
                            id, entry.secret(), entry.gateway(), entry.product(), entry.node(), group));
        }
        return this;
    }

    public MapDirectory withNode(String node, String device) {
        nodes.put(new DeviceId(node), new DeviceId(device));
        return this;
    }

    /** A device that records call by its node. */
    public MapDirectory with(String device, String secret, String node) {
        DeviceId id = new DeviceId(device);
        devices.put(id, new DirectoryEntry(id, new DeviceSecret(secret), null, null, new DeviceId(node), null));
        return withNode(node, device);
    }

    /** A device that the platform does not let in, as it has told. */
    public MapDirectory with(String device, @Nullable String secret, Barrier barrier) {
        DeviceId id = new DeviceId(device);
        devices.put(
                id,
                new DirectoryEntry(
                        id, secret == null ? null : new DeviceSecret(secret), null, null, null, null, barrier));
        return this;
    }

    /** What is to be expected of devices that are missing. */
    public MapDirectory expecting(Function<Want, Outlook> value) {
        outlook = value;
        return this;
    }

    /** What can be done about credentials that are refused. */
    public MapDirectory curing(Function<DeviceCredentials, Remedy> value) {
        remedy = value;
        return this;
    }

    /** Who was wanted, in order. */
    public List<Want> wanted() {
        return wanted;
    }

    /** Credentials that the platform took. */
    public List<DeviceCredentials> accepted() {
        return accepted;
    }

    @Override
    public Outlook want(Want want) {
        wanted.add(want);
        return outlook.apply(want);
    }

    @Override
    public Remedy refused(DeviceCredentials credentials) {
        return remedy.apply(credentials);
    }

    @Override
    public void accepted(DeviceCredentials credentials) {
        accepted.add(credentials);
    }

    public MapDirectory without(String device) {
        devices.remove(new DeviceId(device));
        return this;
    }

    /** Whether it was put in. */
    public boolean holds(DeviceId device) {
        return devices.containsKey(device);
    }

    /** Looking for this device is a defect so many times from now on. */
    public MapDirectory failing(String device, int times) {
        failures.put(new DeviceId(device), times);
        return this;
    }

    @Override
    public Optional<DirectoryEntry> find(DeviceId device) {
        if (failures.merge(device, -1, Integer::sum) >= 0) {
            throw new IllegalStateException("a defect of the directory");
        }
        return Optional.ofNullable(devices.get(device));
    }

    @Override
    public Optional<DeviceId> deviceOfNode(DeviceId node) {
        return Optional.ofNullable(nodes.get(node));
    }

    @Override
    public boolean isLoaded() {
        return true;
    }

    @Override
    public DirectoryStatus status() {
        return new DirectoryStatus(true, devices.size(), Optional.empty(), Optional.empty(), List.of(), 0);
    }
}
