package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Creation;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DeviceCreation;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Makes devices exist, or finds out that they do. */
final class Registration {

    private final PlatformCalls calls;

    Registration(PlatformCalls calls) {
        this.calls = calls;
    }

    /**
     * A device that is to exist.
     *
     * @param chosen whether its secret was chosen by this verb, so that one that the device has already is as good
     * @param tried whether a former run may have created it
     */
    record Wanted(NewDevice device, boolean chosen, boolean tried) {}

    /** How it ended. */
    enum End {
        CREATED("created"),
        THERE("there"),
        DIFFERS("differs"),
        REFUSED("refused"),
        WOULD_CREATE("would-create"),
        UNFINISHED("unfinished");

        private final String label;

        End(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /**
     * What became of a device.
     *
     * @param detail without a secret; may be empty
     * @param secret the secret that it has, where it is as it is wanted; or where it differs, and nobody else may know its secret
     */
    record Done(Wanted wanted, End end, String detail, Optional<DeviceSecret> secret) {

        private static Done without(Wanted wanted, End end, String detail) {
            return new Done(wanted, end, detail, Optional.empty());
        }
    }

    /** Creates it, or compares it with the one that there is. */
    Mono<Done> register(Wanted wanted) {
        return wanted.tried()
                ? look(wanted).flatMap(found -> found.map(Mono::just).orElseGet(() -> create(wanted)))
                : create(wanted);
    }

    /** Compares it with the one that there is, and says what would be done. */
    Mono<Done> preview(Wanted wanted) {
        return look(wanted).map(found -> found.orElseGet(() -> Done.without(wanted, End.WOULD_CREATE, "")));
    }

    private Mono<Done> create(Wanted wanted) {
        AtomicBoolean existed = new AtomicBoolean();
        AtomicBoolean lost = new AtomicBoolean();
        DeviceCreation creation =
                new DeviceCreation(calls.patient(() -> existed.set(true), () -> lost.set(true)), Schedulers.parallel());
        return creation.create(wanted.device()).map(creating -> switch (creating) {
            case Creation.Made made ->
                existed.get() // that it has the secret of a list says nothing about the rest
                        ? compare(wanted, made.device(), lost.get())
                        : new Done(
                                wanted,
                                End.CREATED,
                                "",
                                Optional.of(wanted.device().secret()));
            case Creation.Existed other -> compare(wanted, other.device(), lost.get());
            case Creation.InTheWay inTheWay -> Done.without(wanted, End.REFUSED, inTheWay.why());
            case Creation.Failed failed -> failed(wanted, failed.answer(), lost.get());
        });
    }

    /** Empty if there is none. */
    private Mono<Optional<Done>> look(Wanted wanted) {
        return calls.patient().device(wanted.device().id()).map(answer -> compared(wanted, answer));
    }

    private static Optional<Done> compared(Wanted wanted, Answer<Device> answer) {
        return switch (answer) {
            case Answer.Found<Device> found -> Optional.of(compare(wanted, found.value(), false));
            case Answer.Absent<Device> ignored -> Optional.empty();
            default -> Optional.of(failed(wanted, answer, false));
        };
    }

    /** Not refused is what may have been created by a call without an answer: then nobody else knows its secret. */
    private static Done failed(Wanted wanted, Answer<?> answer, boolean lost) {
        boolean isFinal = !lost
                && (answer instanceof Answer.Refused
                        || answer instanceof Answer.Absent
                        || (answer instanceof Answer.Exists && !wanted.tried()));
        return Done.without(wanted, isFinal ? End.REFUSED : End.UNFINISHED, answer.describe());
    }

    private static Done compare(Wanted wanted, Device found, boolean lost) {
        NewDevice device = wanted.device();
        List<String> differences = new ArrayList<>();
        for (Creation.Difference difference : DeviceCreation.differences(device, found)) {
            differences.add(
                    switch (difference) {
                        case PRODUCT -> "product: here " + device.productId() + ", there " + found.productId();
                        case NODE -> "node: here " + device.nodeId() + ", there " + found.nodeId();
                        case GATEWAY ->
                            "gateway: here " + shown(device.gateway()) + ", there " + shown(found.gateway());
                    });
        }
        boolean ours = Optional.of(device.secret()).equals(found.secret())
                || Optional.of(device.secret()).equals(found.secondarySecret());
        if (found.proof() == Device.Proof.CERTIFICATES) {
            differences.add("it authenticates with a certificate there");
        } else if (!ours && found.secret().isEmpty()) {
            differences.add("secret: the platform does not show it");
        } else if (!ours && !wanted.chosen()) {
            differences.add("secret");
        }
        if (found.status() == Device.Status.FROZEN) {
            differences.add("it is frozen there");
        }
        if (!differences.isEmpty()) {
            boolean isUnsure = wanted.chosen()
                    && (wanted.tried() || lost)
                    && found.proof() != Device.Proof.CERTIFICATES
                    && !ours
                    && found.secret().isEmpty();
            return new Done(
                    wanted,
                    isUnsure ? End.UNFINISHED : End.DIFFERS,
                    String.join("; ", differences),
                    ours && wanted.chosen() ? Optional.of(device.secret()) : Optional.empty());
        }
        // Nobody else knows a secret that was chosen here: the device was made by a call whose answer was lost.
        boolean made = ours && wanted.chosen();
        return new Done(
                wanted,
                made ? End.CREATED : End.THERE,
                made ? "its answer was lost" : "",
                ours ? Optional.of(device.secret()) : found.secret());
    }

    private static String shown(Optional<DeviceId> gateway) {
        return gateway.map(DeviceId::value).orElse("none");
    }
}
