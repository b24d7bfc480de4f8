package io.iotdarelay.provisioning;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.UnansweredSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** An application side in memory: it answers after a while, by what the test has put into it. */
final class FakeSide implements UnansweredSide {

    static final Duration LATENCY = Duration.ofMillis(100);

    final List<String> asked = new ArrayList<>();
    final Map<String, Supplier<Answer<Device>>> failing = new LinkedHashMap<>();

    @Nullable
    Supplier<Answer<Device>> all;

    /** Answers to lists, instead of the devices. */
    @Nullable
    Answer<DevicePage> lists;

    int most;
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private final Scheduler time;
    private int running;

    FakeSide(Scheduler time) {
        this.time = time;
    }

    FakeSide with(String id, String secret) {
        return with(device(id, Device.Status.ONLINE, Device.Proof.SECRET, null, secret, null));
    }

    FakeSide with(Device device) {
        devices.put(device.id().value(), device);
        return this;
    }

    FakeSide without(String id) {
        devices.remove(id);
        return this;
    }

    static Device device(
            String id,
            Device.Status status,
            Device.Proof proof,
            @Nullable String gateway,
            @Nullable String secret,
            @Nullable String secondary) {
        return new Device(
                new DeviceId(id),
                id.substring(id.indexOf('_') + 1),
                "product",
                Optional.ofNullable(gateway).map(DeviceId::new),
                status,
                proof,
                Optional.ofNullable(secret).map(DeviceSecret::new),
                Optional.ofNullable(secondary).map(DeviceSecret::new));
    }

    static <T> Answer<T> absent() {
        return new Answer.Absent<>(new Answer.Said(404, Optional.of("IOTDA.014000"), "no such device"));
    }

    @Override
    public Mono<Answer<Device>> device(DeviceId device) {
        return later(() -> answer(device.value()), device.value());
    }

    private Answer<Device> answer(String id) {
        Supplier<Answer<Device>> own = failing.getOrDefault(id, all);
        if (own != null) {
            return own.get();
        }
        Device found = devices.get(id);
        return found == null ? absent() : new Answer.Found<>(found);
    }

    private <T> Mono<Answer<T>> later(Supplier<Answer<T>> answer, String what) {
        return Mono.defer(() -> {
            asked.add(what);
            most = Math.max(most, ++running);
            return Mono.delay(LATENCY, time).map(ignored -> {
                running--;
                return answer.get();
            });
        });
    }

    @Override
    public Mono<Answer<DevicePage>> devices(DeviceQuery query) {
        String node = query.nodeId().orElseThrow();
        return later(
                () -> {
                    if (lists != null) {
                        return lists;
                    }
                    if (all != null) {
                        return new Answer.Unreachable<>("away", true);
                    }
                    List<Device> named = devices.values().stream()
                            .filter(device -> device.nodeId().equals(node))
                            .toList();
                    return new Answer.Found<>(new DevicePage(named, 0, named.size(), named.size(), Optional.empty()));
                },
                "node " + node);
    }
}
