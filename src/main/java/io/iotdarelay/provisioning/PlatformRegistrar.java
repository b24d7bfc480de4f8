package io.iotdarelay.provisioning;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.Creation;
import io.iotdarelay.appside.Creation.Difference;
import io.iotdarelay.appside.Device;
import io.iotdarelay.appside.DeviceCreation;
import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.mapping.Provisioning;
import io.iotdarelay.provisioning.Ending.Outcome;
import io.iotdarelay.provisioning.HourlyCap.Slot;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.telemetry.ProvisionRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Creates devices on the application side, within what their routes allow. Its state belongs to one thread, on which every request begins and
 * ends; in between it waits for the platform.
 */
final class PlatformRegistrar implements Registrar {

    private static final Logger log = LoggerFactory.getLogger(PlatformRegistrar.class);

    /** Each takes some memory, and the calls of the application side wait for their turn. */
    static final int MOST_UNDER_WAY = 10_000;

    private static final Duration HOUR = Duration.ofHours(1);

    private static final Registration.Withheld STOPPING = new Registration.Withheld("the relay is being stopped");

    private final ApplicationSide side;
    private final DeviceCreation creation;
    private final Function<String, Optional<Provisioning>> rules;
    private final Supplier<DeviceSecret> secrets;
    private final RegistrationLog audit;
    private final Scheduler thread;
    private final InstantSource time;
    private final Map<DeviceId, Mono<Registration>> underWay = new HashMap<>();
    private final Map<String, OfRoute> routes = new HashMap<>();
    private final Said said = new Said();

    /** What was done for a route. */
    private static final class OfRoute {
        private final HourlyCap cap = new HourlyCap();

        /** Those whose answer was lost: another try for the same device takes no other slot. */
        private final Map<DeviceId, Slot> lost = new HashMap<>();

        private int underWay;
        private Instant cappedAt = Instant.MIN;

        Optional<Slot> tryTake(DeviceId device, int most, Instant now) {
            Slot own = lost.remove(device);
            return own != null && cap.holds(own, now) ? Optional.of(own) : cap.tryTake(most, now);
        }

        void end(DeviceId device, Slot slot, Outcome outcome, Instant now) {
            underWay--;
            if (!outcome.counts()) {
                cap.giveBack(slot);
            } else if (outcome == Outcome.LOST) {
                lost.values().removeIf(other -> !cap.holds(other, now));
                lost.put(device, slot);
            }
        }
    }

    /**
     * A registrar that has created nothing.
     *
     * @param rules what a route allows now, by its name
     * @param secrets of new devices
     * @param audit hears what became of each request
     * @param thread a single one
     * @param time never jumps
     */
    PlatformRegistrar(
            ApplicationSide side,
            Function<String, Optional<Provisioning>> rules,
            Supplier<DeviceSecret> secrets,
            RegistrationLog audit,
            Scheduler thread,
            InstantSource time) {
        this.side = side;
        this.creation = new DeviceCreation(side, thread);
        this.rules = rules;
        this.secrets = secrets;
        this.audit = audit;
        this.thread = thread;
        this.time = time;
    }

    @Override
    public Mono<Registration> register(ProvisionRequest request) {
        return Mono.defer(() -> shared(request))
                .subscribeOn(thread)
                .onErrorResume(RejectedExecutionException.class, e -> Mono.just(STOPPING));
    }

    private Mono<Registration> shared(ProvisionRequest request) {
        Mono<Registration> running = underWay.get(request.device());
        if (running != null) {
            return running;
        }
        Provisioning allowed = rules.apply(request.route()).orElse(null);
        if (allowed == null) {
            return Mono.just(ended(request, notPermitted("the route " + request.route() + " creates no devices")));
        }
        String problem = problem(request, allowed);
        if (problem != null) {
            return Mono.just(ended(request, notPermitted(problem)));
        }
        if (allowed.dryRun() && said.contains(request.device())) {
            return Mono.just(dryRun().registration());
        }
        OfRoute route = routes.computeIfAbsent(request.route(), name -> new OfRoute());
        Slot slot = route.tryTake(request.device(), allowed.mostPerHour(), time.instant())
                .orElse(null);
        if (slot == null) {
            return Mono.just(ended(request, capped(request.route(), route, allowed.mostPerHour())));
        }
        if (allowed.dryRun()) {
            said.add(request.device());
            return Mono.just(ended(request, dryRun()));
        }
        return begin(request, allowed, route, slot);
    }

    private static @Nullable String problem(ProvisionRequest request, Provisioning allowed) {
        return allowed.permits(request)
                ? Judgement.problem(request).orElse(null)
                : "its ID is none of those that the route creates (provision.ids)";
    }

    private static Ending notPermitted(String why) {
        return Ending.refused(Outcome.NOT_PERMITTED, why);
    }

    private static Ending dryRun() {
        return Ending.withheld(Outcome.DRY_RUN, "it would be created, but for provision.dry-run");
    }

    private Ending capped(String name, OfRoute route, int mostPerHour) {
        if (route.cap.size() - route.underWay < mostPerHour) {
            return Ending.withheld(
                    Outcome.WITHHELD,
                    "as many devices are being created as the route still may within the hour"
                            + " (provision.most-per-hour)");
        }
        Instant now = time.instant();
        if (route.cappedAt.equals(Instant.MIN) || !now.isBefore(route.cappedAt.plus(HOUR))) {
            route.cappedAt = now;
            audit.capped(name, mostPerHour);
        }
        return Ending.capped(
                "the route has created " + mostPerHour + " devices within an hour, as many as it may"
                        + " (provision.most-per-hour)",
                route.cap.untilNext(now));
    }

    private Mono<Registration> begin(ProvisionRequest request, Provisioning allowed, OfRoute route, Slot slot) {
        if (underWay.size() >= MOST_UNDER_WAY) {
            route.cap.giveBack(slot);
            String why = "more than " + MOST_UNDER_WAY + " devices are being created";
            return Mono.just(ended(request, Ending.withheld(Outcome.WITHHELD, why)));
        }
        // Whoever asked may lose interest, but not in the middle: what becomes of the device has to be known and told.
        Mono<Registration> begun = Mono.defer(() -> created(request, allowed))
                .onErrorResume(defect -> Mono.just(failed(request, defect)))
                .publishOn(thread)
                .map(ending -> {
                    underWay.remove(request.device());
                    route.end(request.device(), slot, ending.outcome(), time.instant());
                    return ended(request, ending);
                })
                .onErrorReturn(RejectedExecutionException.class, STOPPING)
                .cache();
        underWay.put(request.device(), begun);
        route.underWay++;
        begun.subscribe(
                registration -> {},
                defect -> log.atError().setCause(defect).log("What became of a new device is not known"));
        return begun;
    }

    private static Ending failed(ProvisionRequest request, Throwable defect) {
        log.atError()
                .addKeyValue("deviceId", request.device())
                .setCause(defect)
                .log("A device was not created because of a defect of the relay");
        return Ending.withheld(Outcome.LOST, "a defect of the relay: " + defect);
    }

    private Mono<Ending> created(ProvisionRequest request, Provisioning allowed) {
        NewDevice wanted = new NewDevice(
                request.device(),
                request.nodeId(),
                request.productId(),
                request.name(),
                secrets.get(),
                request.gateway());
        return creation.create(wanted).flatMap(result -> switch (result) {
            case Creation.Made made -> Mono.just(Ending.created(made.device()));
            case Creation.Existed existed -> existing(request, existed, allowed);
            case Creation.InTheWay inTheWay -> Mono.just(Ending.refused(Outcome.REFUSED, inTheWay.why()));
            case Creation.Failed failed -> Mono.just(unsettled(failed.answer()));
        });
    }

    private Mono<Ending> existing(ProvisionRequest request, Creation.Existed existed, Provisioning allowed) {
        Device there = existed.device();
        List<Difference> differences = existed.differences();
        Optional<String> obstacle = Judgement.obstacle(request, there, differences);
        if (obstacle.isPresent()) {
            return Mono.just(Ending.refused(Outcome.REFUSED, obstacle.get()));
        }
        DeviceId gateway = request.gateway().orElse(null);
        if (gateway == null || !differences.contains(Difference.GATEWAY)) {
            return Mono.just(Ending.existed(there));
        }
        if (!allowed.changeGateway()) {
            return Mono.just(Ending.refused(
                    Outcome.REFUSED,
                    "it exists, behind the gateway "
                            + there.gateway().map(DeviceId::value).orElse("") + " and not " + gateway
                            + " (provision.change-gateway would move it)"));
        }
        return side.changeGateway(there.id(), gateway)
                .map(answer -> answer instanceof Answer.Found<DeviceId>
                        ? Ending.moved(there.behind(gateway))
                        : unsettled(answer));
    }

    /** The device is not there, or nobody knows. */
    private static Ending unsettled(Answer<?> answer) {
        return switch (answer) {
            case Answer.Refused<?> refused ->
                Ending.refused(Outcome.REFUSED, "the platform refuses it: " + refused.describe());
            case Answer.Absent<?> absent ->
                Ending.refused(Outcome.REFUSED, "the platform refuses it: " + absent.describe());
            case Answer.Exists<?> exists ->
                Ending.withheld(
                        Outcome.WITHHELD, "the platform has it, and does not show it yet: " + exists.describe());
            case Answer.Unreachable<?> unreachable ->
                Ending.withheld(unreachable.mayHaveArrived() ? Outcome.LOST : Outcome.WITHHELD, unreachable.why());
            case Answer.Throttled<?> throttled -> Ending.withheld(Outcome.WITHHELD, throttled.describe());
            case Answer.Misconfigured<?> misconfigured -> Ending.withheld(Outcome.WITHHELD, misconfigured.why());
            case Answer.Withheld<?> withheld -> Ending.withheld(Outcome.WITHHELD, withheld.why());
            case Answer.Found<?> found -> Ending.withheld(Outcome.WITHHELD, found.describe());
        };
    }

    private Registration ended(ProvisionRequest request, Ending ending) {
        audit.ended(request, ending);
        return ending.registration();
    }
}
