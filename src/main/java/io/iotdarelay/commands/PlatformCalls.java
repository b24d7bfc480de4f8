package io.iotdarelay.commands;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.ApplicationStatus;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.appside.DeviceQuery;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.appside.Product;
import io.iotdarelay.appside.Shadow;
import io.iotdarelay.commands.Surroundings.Application;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The calls of a verb to the application side. What was throttled or not answered is asked again, until nothing has succeeded for a while;
 * then, and when only another configuration would help, no further call is made. A call that alone is not answered is given up earlier, so
 * that one device does not keep the others waiting. The thread of the verb waits.
 */
final class PlatformCalls {

    /** More than the client sends at a time, so that its turns are always taken. */
    private static final int AT_A_TIME = 32;

    private static final int PAUSES = 120;
    private static final int LONG_PAUSES = 12;

    private final Application application;
    private final ApplicationSide side;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong succeeded;
    private final AtomicReference<@Nullable String> end = new AtomicReference<>();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean hasMany;

    PlatformCalls(Application application, LongSupplier nanoTime) {
        this.application = application;
        this.side = application.side();
        this.patience = application.patience();
        this.nanoTime = nanoTime;
        this.succeeded = new AtomicLong(nanoTime.getAsLong());
    }

    /** How many calls were made, those that were repeated included. */
    long made() {
        return made.get();
    }

    /** Why no further call is made, if so. */
    Optional<String> end() {
        return Optional.ofNullable(end.get());
    }

    /** Asks, again if need be. An answer that is neither about the device nor about this request means that there is an {@link #end()}. */
    private <T> Mono<Answer<T>> ask(Function<ApplicationSide, Mono<Answer<T>>> call) {
        return Mono.defer(() -> {
            running.incrementAndGet();
            return ask(call, patience.dividedBy(PAUSES), nanoTime.getAsLong())
                    .doFinally(signal -> running.decrementAndGet());
        });
    }

    private <T> Mono<Answer<T>> ask(Function<ApplicationSide, Mono<Answer<T>>> call, Duration pause, long begun) {
        return Mono.defer(() -> {
                    String over = end.get();
                    if (over != null) {
                        return Mono.just(new Answer.Withheld<T>(over));
                    }
                    made.incrementAndGet();
                    return call.apply(side);
                })
                .flatMap(answer -> isWorthAnotherTry(answer, begun)
                        ? Mono.delay(pause).then(ask(call, longer(pause), begun))
                        : Mono.just(answer));
    }

    private Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        Duration longest = patience.dividedBy(LONG_PAUSES);
        return twice.compareTo(longest) < 0 ? twice : longest;
    }

    private boolean isWorthAnotherTry(Answer<?> answer, long begun) {
        return switch (answer) {
            case Answer.Found<?> ignored -> succeeds();
            case Answer.Absent<?> ignored -> succeeds();
            case Answer.Exists<?> ignored -> succeeds();
            case Answer.Refused<?> ignored -> succeeds();
            case Answer.Misconfigured<?> wrong -> ends(wrong.describe());
            case Answer.Throttled<?> throttled -> isPatient("throttled for too long: " + throttled.describe());
            case Answer.Unreachable<?> unreachable -> !isAlone(begun) && isPatient(unreachable.describe());
            case Answer.Withheld<?> withheld -> isPatient(withheld.describe());
        };
    }

    private boolean succeeds() {
        succeeded.set(nanoTime.getAsLong());
        return false;
    }

    /** Whether only this call has not been answered for long: others were, or there is no other one to tell. */
    private boolean isAlone(long begun) {
        boolean isLong = nanoTime.getAsLong() - begun >= patience.dividedBy(2).toNanos();
        return hasMany && isLong && (succeeded.get() - begun > 0 || running.get() == 1);
    }

    private boolean isPatient(String why) {
        boolean isLate = nanoTime.getAsLong() - succeeded.get() >= patience.toNanos();
        return isLate ? ends(why) : end.get() == null;
    }

    private boolean ends(String why) {
        stop(why);
        return false;
    }

    /** No further call is made. */
    void stop(String why) {
        end.compareAndSet(null, why);
    }

    /** The application side, asked in this way. */
    ApplicationSide patient() {
        return new Patient(() -> {}, () -> {});
    }

    /**
     * The same for one device.
     *
     * @param existed what is run if its creation tells that it is there already
     * @param lost what is run if its creation may have been carried out, though there was no answer
     */
    ApplicationSide patient(Runnable existed, Runnable lost) {
        return new Patient(existed, lost);
    }

    private final class Patient implements ApplicationSide {

        private final Runnable existed;
        private final Runnable lost;

        Patient(Runnable existed, Runnable lost) {
            this.existed = existed;
            this.lost = lost;
        }

        @Override
        public Mono<Answer<Device>> device(DeviceId device) {
            return ask(asked -> asked.device(device));
        }

        @Override
        public Mono<Answer<Device>> create(NewDevice device) {
            return ask(asked -> asked.create(device).doOnNext(answer -> {
                if (answer instanceof Answer.Exists<Device>) {
                    existed.run();
                } else if (answer instanceof Answer.Unreachable<Device> unreachable && unreachable.mayHaveArrived()) {
                    lost.run();
                }
            }));
        }

        @Override
        public Mono<Answer<DeviceSecret>> resetSecret(DeviceId device, Which which, DeviceSecret secret) {
            return ask(asked -> asked.resetSecret(device, which, secret));
        }

        @Override
        public Mono<Answer<DeviceId>> changeGateway(DeviceId child, DeviceId gateway) {
            return ask(asked -> asked.changeGateway(child, gateway));
        }

        @Override
        public Mono<Answer<Product>> product(String productId) {
            return ask(asked -> asked.product(productId));
        }

        @Override
        public Mono<Answer<Shadow>> shadow(DeviceId device) {
            return ask(asked -> asked.shadow(device));
        }

        @Override
        public Mono<Answer<DevicePage>> devices(DeviceQuery query) {
            return ask(asked -> asked.devices(query));
        }

        @Override
        public Mono<Answer<DevicePage>> devices(DeviceQuery query, DevicePage before) {
            return ask(asked -> asked.devices(query, before));
        }

        @Override
        public ApplicationStatus status() {
            return side.status();
        }
    }

    /** Does something for each, many at a time, and takes the results on this thread, as they come. Begins no more after the end. */
    <A, B> void each(Iterable<A> all, Function<A, Mono<B>> work, Consumer<B> taken) {
        restart();
        hasMany = true;
        Iterator<B> results = Flux.fromIterable(all)
                .takeWhile(next -> end.get() == null)
                .flatMap(work, AT_A_TIME)
                .toIterable(AT_A_TIME)
                .iterator();
        while (results.hasNext()) {
            taken.accept(results.next());
        }
        hasMany = false;
    }

    /** Waits for one. */
    <T> T one(Mono<T> answer) {
        restart();
        return Objects.requireNonNull(answer.block());
    }

    /** Waits. */
    void rest(Duration time) {
        application.rest(time).block();
        restart();
    }

    /** Time in which nothing was asked is no time in which nothing succeeded. */
    private void restart() {
        succeeded.set(nanoTime.getAsLong());
    }
}
