package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.appside.Product;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.commands.Surroundings.ApplicationAccess;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.testing.UnansweredSide;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** An application side in memory, which answers at once. Its calls are noted, and any of them can be made to fail. */
final class FakeApplication implements UnansweredSide, Application, ApplicationAccess {

    static final Answer.Said SAID = new Answer.Said(400, Optional.of("IOTDA.000000"), "said");

    final Map<String, Device> devices = new LinkedHashMap<>();
    final Map<String, String> products = new LinkedHashMap<>();
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger closed = new AtomicInteger();
    Duration patience = Duration.ofMillis(240);
    Function<String, Optional<Answer<?>>> failure = call -> Optional.empty();
    Runnable afterPage = () -> {};
    /** What is done instead of waiting. */
    Runnable resting = () -> {};

    /** Whether secrets of devices are not shown. */
    boolean masks;

    boolean isConfigured = true;
    OptionalDouble rate = OptionalDouble.empty();

    /** One that authenticates with a secret. */
    static Device device(String id, String product, @Nullable String gateway, String secret, String second) {
        return new Device(
                new DeviceId(id),
                id,
                product,
                Optional.ofNullable(gateway).map(DeviceId::new),
                Device.Status.INACTIVE,
                Device.Proof.SECRET,
                secret(secret),
                secret(second));
    }

    static Device as(Device device, Device.Status status, Device.Proof proof) {
        return new Device(
                device.id(),
                device.nodeId(),
                device.productId(),
                device.gateway(),
                status,
                proof,
                device.secret(),
                device.secondarySecret());
    }

    private static Optional<DeviceSecret> secret(String text) {
        return Optional.of(text).filter(value -> !value.isEmpty()).map(DeviceSecret::new);
    }

    synchronized FakeApplication with(Device... all) {
        for (Device device : all) {
            devices.put(device.id().value(), device);
        }
        return this;
    }

    long count(String kind) {
        return List.copyOf(calls).stream()
                .filter(call -> call.startsWith(kind + " "))
                .count();
    }

    @Override
    public Optional<Application> open(List<String> arguments, OptionalDouble asked) {
        rate = asked;
        return isConfigured ? Optional.of(this) : Optional.empty();
    }

    @Override
    public ApplicationSide side() {
        return this;
    }

    @Override
    public double rate() {
        return rate.orElse(10);
    }

    @Override
    public Duration patience() {
        return patience;
    }

    @Override
    public Mono<Void> rest(Duration time) {
        return Mono.fromRunnable(() -> resting.run());
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    @SuppressWarnings("unchecked") // a failure has no value
    private <T> Mono<Answer<T>> answer(String call, java.util.function.Supplier<Answer<T>> usual) {
        return Mono.fromSupplier(() -> {
            synchronized (this) {
                calls.add(call);
                Optional<Answer<?>> failed = failure.apply(call);
                if (failed.isPresent() && failed.get() instanceof Answer.Unreachable<?> lost && lost.mayHaveArrived()) {
                    var unused = usual.get();
                }
                return failed.map(one -> (Answer<T>) one).orElseGet(usual);
            }
        });
    }

    @Override
    public Mono<Answer<Device>> device(DeviceId device) {
        return answer("get " + device, () -> {
            Device found = devices.get(device.value());
            if (found == null) {
                return new Answer.Absent<>(SAID);
            }
            return new Answer.Found<>(
                    masks
                            ? new Device(
                                    found.id(),
                                    found.nodeId(),
                                    found.productId(),
                                    found.gateway(),
                                    found.status(),
                                    found.proof(),
                                    Optional.empty(),
                                    Optional.empty())
                            : found);
        });
    }

    @Override
    public Mono<Answer<Device>> create(NewDevice device) {
        return answer("create " + device.id(), () -> {
            if (devices.containsKey(device.id().value())) {
                return new Answer.Exists<>(SAID);
            }
            Device made = new Device(
                    device.id(),
                    device.nodeId(),
                    device.productId(),
                    device.gateway(),
                    Device.Status.INACTIVE,
                    Device.Proof.SECRET,
                    Optional.of(device.secret()),
                    Optional.empty());
            devices.put(device.id().value(), made);
            return new Answer.Found<>(made);
        });
    }

    @Override
    public Mono<Answer<DeviceSecret>> resetSecret(DeviceId device, Which which, DeviceSecret secret) {
        return answer("reset " + device + " " + which, () -> {
            Device former = devices.get(device.value());
            if (former == null) {
                return new Answer.Absent<>(SAID);
            }
            devices.put(
                    device.value(),
                    new Device(
                            former.id(),
                            former.nodeId(),
                            former.productId(),
                            former.gateway(),
                            former.status(),
                            former.proof(),
                            which == Which.PRIMARY ? Optional.of(secret) : former.secret(),
                            which == Which.SECONDARY ? Optional.of(secret) : former.secondarySecret()));
            return new Answer.Found<>(secret);
        });
    }

    @Override
    public Mono<Answer<Product>> product(String productId) {
        return answer("product " + productId, () -> {
            String model = products.get(productId);
            return model == null
                    ? new Answer.Absent<>(SAID)
                    : new Answer.Found<>(
                            new Product(productId, "name", new Json(model.getBytes(StandardCharsets.UTF_8))));
        });
    }

    @Override
    public Mono<Answer<DevicePage>> devices(DeviceQuery query) {
        return page(query, "");
    }

    @Override
    public Mono<Answer<DevicePage>> devices(DeviceQuery query, DevicePage before) {
        return page(query, before.next().orElseThrow());
    }

    /** Newest first; a marker is the last ID of the page before. */
    private Mono<Answer<DevicePage>> page(DeviceQuery query, String marker) {
        return answer("list " + marker, () -> {
            List<Device> all = new ArrayList<>(devices.values())
                    .reversed().stream()
                            .filter(device -> query.productId().isEmpty()
                                    || query.productId().get().equals(device.productId()))
                            .filter(device -> query.nodeId().isEmpty()
                                    || query.nodeId().get().equals(device.nodeId()))
                            .map(device -> new Device(
                                    device.id(),
                                    device.nodeId(),
                                    device.productId(),
                                    device.gateway(),
                                    device.status(),
                                    Device.Proof.OTHER,
                                    Optional.empty(),
                                    Optional.empty()))
                            .toList();
            int from = 0;
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).id().value().equals(marker)) {
                    from = i + 1;
                }
            }
            List<Device> page = all.subList(from, Math.min(all.size(), from + DevicePage.LIMIT));
            Optional<String> next = page.size() < DevicePage.LIMIT
                    ? Optional.empty()
                    : Optional.of(page.getLast().id().value());
            DevicePage made = new DevicePage(page, 0, all.size(), from + (long) page.size(), next);
            afterPage.run();
            return new Answer.Found<>(made);
        });
    }
}
