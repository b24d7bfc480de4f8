package io.iotdarelay.appside;

import io.iotdarelay.appside.Creation.Difference;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Creates devices so that a lost answer does no harm, nor another instance that creates the same device at the same time: what the
 * platform has counts, and it is asked for that where it is not certain. Callable from any thread.
 *
 * @param side the application side
 * @param timer waits until a device that exists can be read
 */
public record DeviceCreation(ApplicationSide side, Scheduler timer) {

    /** The platform does not promise that what was just written can be read. */
    private static final List<Duration> PATIENCE =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

    /** Creates a device, or finds it. Emits exactly one answer and never fails. */
    public Mono<Creation> create(NewDevice wanted) {
        return side.create(wanted).flatMap(answer -> switch (answer) {
            case Answer.Found<Device> made -> Mono.just(new Creation.Made(completed(made.value(), wanted)));
            case Answer.Exists<Device> exists -> existing(wanted, exists);
            case Answer.Unreachable<Device> unreachable ->
                unreachable.mayHaveArrived() ? afterLostAnswer(wanted, unreachable) : failed(unreachable);
            case Answer.Absent<Device> absent -> failed(absent);
            case Answer.Refused<Device> refused -> failed(refused);
            case Answer.Throttled<Device> throttled -> failed(throttled);
            case Answer.Misconfigured<Device> misconfigured -> failed(misconfigured);
            case Answer.Withheld<Device> withheld -> failed(withheld);
        });
    }

    /** In what the device that is there differs from the one that is wanted. */
    public static List<Difference> differences(NewDevice wanted, Device there) {
        List<Difference> differences = new ArrayList<>();
        if (!there.productId().equals(wanted.productId())) {
            differences.add(Difference.PRODUCT);
        }
        if (!there.nodeId().equals(wanted.nodeId())) {
            differences.add(Difference.NODE);
        }
        if (!there.gateway().equals(wanted.gateway())) {
            differences.add(Difference.GATEWAY);
        }
        return differences;
    }

    private static Mono<Creation> failed(Answer<?> answer) {
        return Mono.just(new Creation.Failed(answer));
    }

    /** The request may have been carried out. Its secret tells. */
    private Mono<Creation> afterLostAnswer(NewDevice wanted, Answer<Device> lost) {
        return side.device(wanted.id())
                .map(answer -> answer instanceof Answer.Found<Device> found
                        ? found(wanted, found.value())
                        : new Creation.Failed(lost));
    }

    private static Creation found(NewDevice wanted, Device there) {
        boolean ours = there.secret().equals(Optional.of(wanted.secret()));
        return ours ? new Creation.Made(there) : new Creation.Existed(there, differences(wanted, there));
    }

    /** The answer of the platform need not repeat all that it was told; it may mask the secret. */
    private static Device completed(Device made, NewDevice wanted) {
        return new Device(
                wanted.id(),
                wanted.nodeId(),
                wanted.productId(),
                wanted.gateway(),
                made.status(),
                Device.Proof.SECRET,
                Optional.of(wanted.secret()),
                made.secondarySecret());
    }

    private Mono<Creation> existing(NewDevice wanted, Answer<Device> exists) {
        return side.device(wanted.id()).flatMap(answer -> switch (answer) {
            case Answer.Found<Device> found -> Mono.just(found(wanted, found.value()));
            case Answer.Absent<Device> ignored -> namesake(wanted, exists);
            default -> failed(answer);
        });
    }

    /** Another device with the same node ID, or one that cannot be read yet. */
    private Mono<Creation> namesake(NewDevice wanted, Answer<Device> exists) {
        DeviceQuery query =
                new DeviceQuery(Optional.of(wanted.productId()), Optional.empty(), Optional.of(wanted.nodeId()));
        return side.devices(query).flatMap(answer -> {
            if (!(answer instanceof Answer.Found<DevicePage> found)) {
                return failed(answer);
            }
            List<DeviceId> others = found.value().devices().stream()
                    .filter(device -> device.nodeId().equals(wanted.nodeId())
                            && device.productId().equals(wanted.productId()))
                    .map(Device::id)
                    .filter(id -> !id.equals(wanted.id()))
                    .toList();
            return others.isEmpty() ? later(wanted, exists, 0) : Mono.just(inTheWay(wanted, others));
        });
    }

    private static Creation inTheWay(NewDevice wanted, List<DeviceId> others) {
        return new Creation.InTheWay("the node ID " + wanted.nodeId() + " of the product " + wanted.productId()
                + " belongs to another device: "
                + others.stream().limit(3).map(DeviceId::value).collect(Collectors.joining(", ")));
    }

    private Mono<Creation> later(NewDevice wanted, Answer<Device> exists, int tries) {
        if (tries == PATIENCE.size()) {
            return failed(exists);
        }
        return Mono.delay(PATIENCE.get(tries), timer)
                .flatMap(tick -> side.device(wanted.id()))
                .flatMap(answer -> switch (answer) {
                    case Answer.Found<Device> found -> Mono.just(found(wanted, found.value()));
                    case Answer.Absent<Device> ignored -> later(wanted, exists, tries + 1);
                    default -> failed(answer);
                });
    }
}
