package io.iotdarelay.readback;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.ApplicationStatus;
import io.iotdarelay.appside.Shadow;
import io.iotdarelay.metrics.ReadBackMeters;
import io.iotdarelay.model.Diagnosis;
import io.iotdarelay.pipeline.DeliveredReports;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Looks whether the platform has what was delivered. One thread calls {@link #tick()} about every second; the poll thread leaves reports,
 * and the application side its answer. At most one question is open at a time.
 *
 * <p>A check goes like this. A canary's next report is kept, with those that follow. After a while the device's shadow is read, and once
 * or twice more where it does not show the report yet. What it shows is counted, and the canary rests.
 */
public final class ReadBack {

    private static final Logger log = LoggerFactory.getLogger(ReadBack.class);

    /** When a canary is checked again whose report was not stored, and when the application side is asked again after trouble. */
    private static final Duration SOON = Duration.ofMinutes(1);

    /** How long a check waits for its turn; then the reports that it keeps are worth more to others. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private static final int SHARE_OF_PACE = 4;

    private final ReadBackProperties properties;
    private final ApplicationSide side;
    private final Diagnosis models;
    private final ReadBackMeters meters;
    private final InstantSource time;
    private final Deliveries deliveries = new Deliveries();
    private final Canaries canaries;
    private final Findings findings = new Findings();
    private final Tallies tallies = new Tallies();
    private final AtomicReference<@Nullable Answer<Shadow>> answer = new AtomicReference<>();
    private @Nullable Canary asked;
    private @Nullable Disposable question;
    private Instant askedAt = Instant.MIN;
    private Instant pausedUntil = Instant.MIN;
    private long forgotten;
    private boolean hasFailed;
    private volatile ReadBackStatus status = new ReadBackStatus(Map.of(), List.of(), 0, 0, 0);

    /**
     * One that has seen nothing yet.
     *
     * @param time never jumps
     */
    ReadBack(
            ReadBackProperties properties,
            ApplicationSide side,
            Diagnosis models,
            ReadBackMeters meters,
            InstantSource time) {
        this.properties = properties;
        this.side = side;
        this.models = models;
        this.meters = meters;
        this.time = time;
        this.canaries = new Canaries(properties.devices(), properties.interval(), this::release);
    }

    /** Where the pipeline leaves what was delivered. */
    DeliveredReports deliveries() {
        return deliveries;
    }

    /** How it is. Any thread. */
    public ReadBackStatus status() {
        return status;
    }

    /** A turn. A defect costs what is known so far, and is logged once: the next turn must come. */
    void tick() {
        try {
            Instant now = time.instant();
            takeAnswer(now);
            takeSamples(now);
            canaries.all().forEach(canary -> proceed(canary, now));
            ask(now);
            publish();
        } catch (RuntimeException defect) {
            if (!hasFailed) {
                hasFailed = true;
                log.atError().setCause(defect).log("A defect in the proof of arrival; delivery is not affected");
            }
            canaries.clear();
        }
    }

    /** Nothing is asked any more. */
    void close() {
        if (question != null) {
            question.dispose();
        }
    }

    private void takeSamples(Instant now) {
        for (Delivered sample : deliveries.takeSamples()) {
            Reported.entries(sample.report().json())
                    .map(Reported::byService)
                    .ifPresent(services -> services.keySet().forEach(service -> offer(sample, service, now)));
        }
    }

    private void offer(Delivered report, String service, Instant now) {
        canaries.offer(target(report, service), report.report().device(), now);
    }

    private Target target(Delivered report, String service) {
        return new Target(
                models.productOf(report.report().device(), report.route()).orElse("route " + report.route()), service);
    }

    private void proceed(Canary canary, Instant now) {
        Capture capture = canary.capture();
        Check check = canary.check();
        if (capture == null) {
            if (canary.isDue(now)) {
                canary.watch(deliveries.watch(canary.device()), now);
            }
        } else if (check != null) {
            forgetAbandoned(canary, check, now);
        } else {
            open(canary, capture, now);
        }
    }

    private void forgetAbandoned(Canary canary, Check check, Instant now) {
        forgotten += check.forgetAbandoned();
        if (check.isOver() || check.askAt().plus(LONGEST_WAIT).isBefore(now)) {
            forgotten += check.isOver() ? 0 : 1;
            rest(canary, now.plus(properties.interval()));
        }
    }

    /** Begins the check of what the canary reported last. */
    private void open(Canary canary, Capture capture, Instant now) {
        Map<Target, Check.Part> found = new LinkedHashMap<>();
        List<Delivered> reports = capture.after(canary.read());
        for (Delivered report : reports.reversed()) {
            ArrayNode entries = Reported.entries(report.report().json()).orElse(null);
            if (entries != null) {
                Reported.byService(entries).forEach((service, reported) -> {
                    Target target = target(report, service);
                    if (canary.missed().containsKey(target)) {
                        found.putIfAbsent(target, new Check.Part(target, report, entries, reported));
                    }
                });
            }
            canary.read(Math.max(canary.read(), report.number()));
            if (found.size() == canary.missed().size()) {
                break;
            }
        }
        if (!found.isEmpty()) {
            canary.open(new Check(found.values(), now, properties.patience()));
            found.values()
                    .forEach(part ->
                            meters.expect(part.report().route(), part.target().service(), Sighting.codes()));
        } else if (capture.count() > 0 && canary.isWatchedFor(properties.interval(), now)) {
            canary.missedAll();
            rest(canary, now.plus(properties.interval()));
        }
    }

    /** Asks for the shadow that should have been read first, if nobody else wants the application side. */
    private void ask(Instant now) {
        if (asked != null || now.isBefore(pausedUntil)) {
            return;
        }
        ApplicationStatus application = side.status();
        if (application.waiting() > 0 || now.isBefore(askedAt.plus(gap(application.rate())))) {
            return;
        }
        canaries.all().stream()
                .filter(canary -> canary.check() != null)
                .min(Comparator.comparing(ReadBack::askAt))
                .filter(canary -> !askAt(canary).isAfter(now))
                .ifPresent(canary -> ask(canary, now));
    }

    private static Instant askAt(Canary canary) {
        Check check = canary.check();
        return check == null ? Instant.MAX : check.askAt();
    }

    private Duration gap(double pace) {
        double perSecond = Math.min(properties.requestsPerSecond(), pace / SHARE_OF_PACE);
        return Duration.ofNanos((long) (Duration.ofSeconds(1).toNanos() / perSecond));
    }

    private void ask(Canary canary, Instant now) {
        asked = canary;
        askedAt = now;
        question = side.shadow(canary.device())
                .subscribe(answer::set, defect -> answer.set(new Answer.Withheld<>(String.valueOf(defect))));
    }

    private void takeAnswer(Instant now) {
        Answer<Shadow> taken = answer.getAndSet(null);
        Canary canary = asked;
        if (taken == null || canary == null) {
            return;
        }
        asked = null;
        question = null;
        Check check = canary.check();
        Capture capture = canary.capture();
        if (check == null || capture == null) {
            return; // it no longer stands for anything
        }
        switch (taken) {
            case Answer.Found<Shadow> found -> compare(canary, check, capture, found.value(), now);
            case Answer.Absent<Shadow> ignored -> withoutShadow(canary);
            case Answer.Refused<Shadow> ignored -> withoutShadow(canary);
            case Answer.Exists<Shadow> ignored -> withoutShadow(canary);
            case Answer.Throttled<Shadow> ignored -> pause(canary, now);
            case Answer.Misconfigured<Shadow> ignored -> pause(canary, now);
            case Answer.Unreachable<Shadow> ignored -> pause(canary, now);
            case Answer.Withheld<Shadow> ignored -> pause(canary, now);
        }
    }

    /** The platform says nothing about this device, so another one stands for it. */
    private void withoutShadow(Canary canary) {
        forgotten++;
        canaries.drop(canary);
    }

    private void pause(Canary canary, Instant now) {
        forgotten++;
        pausedUntil = now.plus(SOON);
        rest(canary, now.plus(properties.interval()));
    }

    private void compare(Canary canary, Check check, Capture capture, Shadow shadow, Instant now) {
        if (!shadow.device().equals(canary.device())) {
            withoutShadow(canary);
            return;
        }
        forgotten += check.forgetAbandoned();
        boolean failed = false;
        for (Check.Result result : check.judge(shadow, capture.after(0), capture.count())) {
            Sighting worst = result.worst();
            if (worst == Sighting.UNKNOWN) {
                forgotten++;
            } else {
                Delivered report = result.part().report();
                meters.found(report.route(), result.part().target().service(), worst.code());
                tallies.add(report, worst, now);
                findings.add(result, now, (of, property) -> reason(of, property, shadow));
                failed |= worst.isFailure();
            }
        }
        if (check.isOver()) {
            Duration interval = properties.interval();
            rest(canary, now.plus(failed && SOON.compareTo(interval) < 0 ? SOON : interval));
        }
    }

    private String reason(Check.Result result, String property, Shadow shadow) {
        Check.Part part = result.part();
        String service = part.target().service();
        JsonNode last = part.reported().last(property);
        Optional<JsonNode> shown = shadow.services().stream()
                .filter(each -> each.id().equals(service))
                .flatMap(each -> each.reported().stream())
                .flatMap(reported -> Stream.ofNullable(reported.properties().get(property)))
                .findFirst();
        if (last != null
                && shown.filter(value -> Comparison.isRounded(last, value)).isPresent()) {
            return "the platform has it with fewer digits, as 64 bits of binary floating point";
        }
        DeviceId device = part.report().report().device();
        return models.of(device, part.report().route(), part.entries(), service, property);
    }

    private void rest(Canary canary, Instant until) {
        release(canary);
        canary.rest(until);
    }

    private void release(Canary canary) {
        Capture capture = canary.capture();
        if (capture != null) {
            deliveries.release(canary.device(), capture);
        }
    }

    private void publish() {
        Set<Target> watched = new HashSet<>();
        canaries.all().forEach(canary -> watched.addAll(canary.missed().keySet()));
        findings.retain(watched::contains);
        status = new ReadBackStatus(
                tallies.routes(), findings.standing(), canaries.all().size(), canaries.targets(), forgotten);
    }
}
