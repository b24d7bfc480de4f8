package io.iotdarelay.testing;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Answer.Said;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.Device.Proof;
import io.iotdarelay.appside.Device.Status;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** An application side with devices in memory, for one thread. Answers come after a second, and some are as scripted. */
public final class ScriptedSide implements UnansweredSide {

    /** How long an answer takes. */
    public static final Duration LATENCY = Duration.ofSeconds(1);

    private final Scheduler thread;
    private final Map<DeviceId, Device> devices = new LinkedHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<Answer<?>> scripted = new ArrayList<>();
    private boolean losesAnswers;
    private int hidden;

    public ScriptedSide(Scheduler thread) {
        this.thread = thread;
    }

    /** What was asked, such as {@code create d}. */
    public List<String> calls() {
        return calls;
    }

    public Map<DeviceId, Device> devices() {
        return devices;
    }

    public ScriptedSide with(Device device) {
        devices.put(device.id(), device);
        return this;
    }

    /** The next call gets this answer, and nothing else happens. */
    public ScriptedSide answersNext(Answer<?> answer) {
        scripted.add(answer);
        return this;
    }

    /** Devices are created, but the answers are lost. */
    public ScriptedSide losesAnswers(boolean now) {
        losesAnswers = now;
        return this;
    }

    /** What exists is not found so many times. */
    public ScriptedSide hides(int times) {
        hidden = times;
        return this;
    }

    /** A device that is connected directly. */
    public static Device direct(String id, String product, String secret) {
        return new Device(
                new DeviceId(id),
                id,
                product,
                Optional.empty(),
                Status.INACTIVE,
                Proof.SECRET,
                Optional.of(new DeviceSecret(secret)),
                Optional.empty());
    }

    /** The same with another status. */
    public static Device in(Status status, Device device) {
        return new Device(
                device.id(),
                device.nodeId(),
                device.productId(),
                device.gateway(),
                status,
                device.proof(),
                device.secret(),
                device.secondarySecret());
    }

    public static Said said(int status, String code) {
        return new Said(status, Optional.of(code), "words");
    }

    @Override
    public Mono<Answer<Device>> device(DeviceId device) {
        return answer("get " + device, () -> found(device));
    }

    private Answer<Device> found(DeviceId device) {
        boolean hides = devices.containsKey(device) && hidden > 0;
        hidden -= hides ? 1 : 0;
        return hides || !devices.containsKey(device)
                ? new Answer.Absent<>(said(404, "IOTDA.014000"))
                : new Answer.Found<>(devices.get(device));
    }

    @Override
    public Mono<Answer<Device>> create(NewDevice wanted) {
        return answer("create " + wanted.id(), () -> create(wanted.id(), wanted));
    }

    private Answer<Device> create(DeviceId id, NewDevice wanted) {
        boolean exists = devices.values().stream()
                .anyMatch(device -> device.id().equals(id)
                        || (device.nodeId().equals(wanted.nodeId())
                                && device.productId().equals(wanted.productId())));
        if (exists) {
            return new Answer.Exists<>(said(400, "IOTDA.014031"));
        }
        Device made = new Device(
                id,
                wanted.nodeId(),
                wanted.productId(),
                wanted.gateway(),
                Status.INACTIVE,
                Proof.SECRET,
                Optional.of(wanted.secret()),
                Optional.empty());
        devices.put(id, made);
        return losesAnswers ? new Answer.Unreachable<>("lost", true) : new Answer.Found<>(made);
    }

    @Override
    public Mono<Answer<DeviceId>> changeGateway(DeviceId child, DeviceId gateway) {
        return answer("move " + child + " " + gateway, () -> {
            devices.computeIfPresent(child, (id, device) -> device.behind(gateway));
            return new Answer.Found<>(gateway);
        });
    }

    @Override
    public Mono<Answer<DevicePage>> devices(DeviceQuery query) {
        return answer("list " + query.nodeId().orElse(""), () -> {
            List<Device> all = devices.values().stream()
                    .filter(device ->
                            query.nodeId().filter(device.nodeId()::equals).isPresent()
                                    && query.productId()
                                            .filter(device.productId()::equals)
                                            .isPresent())
                    .toList();
            return new Answer.Found<>(new DevicePage(all, 0, all.size(), all.size(), Optional.empty()));
        });
    }

    @SuppressWarnings("unchecked") // a test knows what it scripts
    private <T> Mono<Answer<T>> answer(String call, Supplier<Answer<T>> answer) {
        return Mono.defer(() -> {
            calls.add(call);
            Answer<T> now = scripted.isEmpty() ? answer.get() : (Answer<T>) scripted.removeFirst();
            return Mono.just(now).delayElement(LATENCY, thread);
        });
    }
}
