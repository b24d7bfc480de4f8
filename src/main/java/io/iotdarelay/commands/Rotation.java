package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide.Which;
import io.iotdarelay.appside.Device;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The two calls by which a device changes its secret. Either of its two secrets is good for an authentication: the new one takes the place
 * of that which the directory does not have, and, once the directory has it, of the other.
 */
final class Rotation {

    private final PlatformCalls calls;

    Rotation(PlatformCalls calls) {
        this.calls = calls;
    }

    /** How a step ended. */
    sealed interface Step {

        DeviceId device();

        /**
         * Done.
         *
         * @param used which of its secrets the directory had before
         */
        record Taken(DeviceId device, Which used) implements Step {}

        /** The platform, or what it has, does not allow it. */
        record Refused(DeviceId device, String why) implements Step {}

        /** The platform does not have it. */
        record Gone(DeviceId device, String why) implements Step {}

        /** Not now. */
        record Unfinished(DeviceId device, String why) implements Step {}
    }

    /** Finds out which secret the directory has, and changes nothing. */
    Mono<Step> look(DeviceId device, DeviceSecret inDirectory) {
        return calls.patient().device(device).map(answer -> switch (answer) {
            case Answer.Found<Device> found -> used(device, inDirectory, found.value());
            default -> failed(device, answer);
        });
    }

    /** The device takes the new secret, and keeps that of the directory. */
    Mono<Step> add(DeviceId device, DeviceSecret inDirectory, DeviceSecret fresh) {
        return look(device, inDirectory)
                .flatMap(step -> step instanceof Step.Taken taken
                        ? reset(device, other(taken.used()), fresh, taken)
                        : Mono.just(step));
    }

    /** The device gives up what the directory had before. */
    Mono<Step> end(Step.Taken former, DeviceSecret inDirectory) {
        return reset(former.device(), former.used(), inDirectory, former);
    }

    /** The same where a former run was interrupted: whatever the directory does not have is given up. */
    Mono<Step> end(DeviceId device, DeviceSecret inDirectory) {
        return calls.patient().device(device).flatMap(answer -> {
            if (!(answer instanceof Answer.Found<Device> found)) {
                return Mono.just(failed(device, answer));
            }
            Step step = used(device, inDirectory, found.value());
            Optional<DeviceSecret> wanted = Optional.of(inDirectory);
            boolean isOver = found.value().secret().equals(wanted)
                    && found.value().secondarySecret().equals(wanted);
            return isOver || !(step instanceof Step.Taken taken)
                    ? Mono.just(step)
                    : reset(device, other(taken.used()), inDirectory, taken);
        });
    }

    private Mono<Step> reset(DeviceId device, Which which, DeviceSecret secret, Step.Taken then) {
        return calls.patient()
                .resetSecret(device, which, secret)
                .map(answer -> answer instanceof Answer.Found<DeviceSecret> ? then : failed(device, answer));
    }

    private static Step used(DeviceId device, DeviceSecret inDirectory, Device found) {
        if (found.proof() == Device.Proof.CERTIFICATES) {
            return new Step.Refused(device, "it authenticates with a certificate, and has no secret");
        }
        if (found.secret().equals(Optional.of(inDirectory))) {
            return new Step.Taken(device, Which.PRIMARY);
        }
        if (found.secondarySecret().equals(Optional.of(inDirectory))) {
            return new Step.Taken(device, Which.SECONDARY);
        }
        return new Step.Refused(
                device,
                found.secret().isEmpty() && found.secondarySecret().isEmpty()
                        ? "the platform does not show its secrets, so which of them the directory has is not known"
                        : "the directory has another secret than the platform");
    }

    private static Which other(Which which) {
        return which == Which.PRIMARY ? Which.SECONDARY : Which.PRIMARY;
    }

    private static Step failed(DeviceId device, Answer<?> answer) {
        if (answer instanceof Answer.Absent<?>) {
            return new Step.Gone(device, answer.describe());
        }
        return answer instanceof Answer.Refused<?> || answer instanceof Answer.Exists<?>
                ? new Step.Refused(device, answer.describe())
                : new Step.Unfinished(device, answer.describe());
    }
}
