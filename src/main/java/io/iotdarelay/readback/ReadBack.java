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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
 * <p>A check goes like this. The report that a canary is chosen by is kept, later its next one, with those that follow. After a while the
 * device's shadow is read, and once or twice more where it does not show the report yet. What it shows is counted, and the canary rests.
 */
public final class ReadBack {

    private static final Logger log = LoggerFactory.getLogger(ReadBack.class);

    /** When a canary is checked again whose report was not stored, and when the application side is asked again after trouble. */
    private static final Duration SOON = Duration.ofMinutes(1);

    /** How long a check waits for its turn; then the reports that it keeps are worth more to others. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** How long an answer is waited for: longer than a call takes with all that it may wait for. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

    /** How long something is remembered at least; it is longer than most devices take between two reports. */
    private static final Duration LEAST_MEMORY = Duration.ofHours(2);

    /** How long a device is left alone about which nothing can be learnt. */
    private static final Duration EXCLUSION = Duration.ofHours(1);

    /** After so many devices in a row without a shadow it is no matter of the devices. */
    private static final int MOST_WITHOUT_SHADOW = 3;

    private static final int SHARE_OF_PACE = 4;

    private final ReadBackProperties properties;
    private final ApplicationSide side;
    private final Diagnosis models;
    private final ReadBackMeters meters;
    private final InstantSource time;
    private final Deliveries deliveries = new Deliveries();
    private final Canaries canaries;
    private final Findings findings;
    private final Tallies tallies = new Tallies();
    private final Duration memory;

    /** One for each question: an answer that comes too late is nobody's. */
    private AtomicReference<@Nullable Answer<Shadow>> answer = new AtomicReference<>();

    private @Nullable Canary asked;
    private @Nullable Disposable question;
    private Instant askedAt = Instant.MIN;
    private Instant pausedUntil = Instant.MIN;
    private int withoutShadow;
    private long forgotten;
    private boolean hasFailed;
    private volatile ReadBackStatus status = new ReadBackStatus(Map.of(), List.of(), 0, 0, 0, false);

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
        Duration intervals = properties.interval().multipliedBy(3);
        this.memory = intervals.compareTo(LEAST_MEMORY) > 0 ? intervals : LEAST_MEMORY;
        this.canaries = new Canaries(properties.devices(), memory, canary -> rest(canary, Instant.MAX));
        this.findings = new Findings(properties.patience(), memory);
        meters.expectForgotten(Forgotten.codes());
    }

    /** Where the pipeline leaves what was delivered. */
    DeliveredReports deliveries() {
        return deliveries;
    }

    /** How it is. Any thread. */
    public ReadBackStatus status() {
        return status;
    }

    /** A turn. A defect costs one device, and is logged once: the next turn must come. */
    void tick() {
        Instant now = time.instant();
        guard(asked, now, () -> takeAnswer(now));
        guard(null, now, () -> takeSamples(now));
        for (Canary canary : List.copyOf(canaries.all())) {
            guard(canary, now, () -> proceed(canary, now));
        }
        guard(null, now, () -> ask(now));
        guard(null, now, () -> publish(now));
    }

    private void guard(@Nullable Canary about, Instant now, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException defect) {
            forget(Forgotten.DEFECT, 1);
            if (!hasFailed) {
                hasFailed = true;
                log.atError()
                        .setCause(defect)
                        .log(
                                "A defect in the proof of arrival; delivery is not affected. Further ones are only counted");
            }
            if (about != null) {
                canaries.exclude(about, now.plus(EXCLUSION));
            }
        }
    }

    /** Nothing is asked any more. */
    void close() {
        if (question != null) {
            question.dispose();
        }
    }

    private void forget(Forgotten why, int times) {
        forgotten += times;
        meters.forgotten(why.code(), times);
    }

    /** Devices are chosen by what they reported, and that is checked: the next report may be hours away. */
    private void takeSamples(Instant now) {
        List<Delivered> samples = deliveries.takeSamples();
        for (Delivered sample : samples) {
            guard(null, now, () -> offer(sample, now));
        }
        for (Delivered sample : samples.reversed()) {
            Canary chosen = canaries.of(sample.report().device());
            if (chosen != null && chosen.isDue(now)) {
                chosen.watch(deliveries.watch(sample), now);
            }
        }
    }

    private void offer(Delivered sample, Instant now) {
        DeviceId device = sample.report().device();
        Reported.entries(sample.report().json())
                .map(Reported::byService)
                .ifPresent(services ->
                        services.keySet().forEach(service -> canaries.offer(target(sample, service), device, now)));
    }

    private Target target(Delivered report, String service) {
        String route = report.route();
        return new Target(
                route, models.productOf(report.report().device(), route).orElse(""), service);
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
        forget(Forgotten.MOVED, check.forgetAbandoned());
        if (check.isOver()) {
            rest(canary, now.plus(properties.interval()));
        } else if (canary != asked && check.askAt().plus(LONGEST_WAIT).isBefore(now)) {
            forget(Forgotten.LATE, 1);
            rest(canary, now.plus(properties.interval()));
        }
    }

    /** Begins the check of what the canary reported last. */
    private void open(Canary canary, Capture capture, Instant now) {
        List<Delivered> reports = capture.after(0);
        Map<Target, Check.Part> found = find(canary, reports);
        if (!found.isEmpty()) {
            canary.open(new Check(found.values(), now, properties.patience()));
            found.keySet().forEach(target -> expect(target, now));
        } else if (!reports.isEmpty()) {
            // What is kept of it is of no use, and the room is, to others.
            boolean isAllTheTime = canary.isWatchedFor(properties.interval(), now);
            release(canary);
            if (isAllTheTime) {
                canary.missedAll();
                canary.rest(now.plus(properties.interval()));
            } else {
                canary.watchOn(deliveries.watch(canary.device()));
            }
        }
    }

    /** The last report of each thing that it stands for. */
    private Map<Target, Check.Part> find(Canary canary, List<Delivered> reports) {
        Map<Target, Check.Part> found = new LinkedHashMap<>();
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
            if (found.size() == canary.missed().size()) {
                break;
            }
        }
        return found;
    }

    private void expect(Target target, Instant now) {
        String route = target.route();
        meters.expect(route, target.service(), Sighting.codes());
        meters.show(
                route,
                () -> secondsUnseen(route, now),
                () -> status.notStored().stream()
                        .filter(each -> each.route().equals(route))
                        .count());
    }

    /** Of a thread that wants metrics. */
    private double secondsUnseen(String route, Instant expected) {
        ReadBackStatus.Route known = status.routes().get(route);
        Instant seen = known == null ? expected : known.seen().orElse(expected);
        return Duration.between(seen, time.instant()).toMillis() / 1_000.0;
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
        AtomicReference<@Nullable Answer<Shadow>> expected = new AtomicReference<>();
        answer = expected;
        question = side.shadow(canary.device())
                .subscribe(expected::set, defect -> expected.set(new Answer.Withheld<>(String.valueOf(defect))));
    }

    private void takeAnswer(Instant now) {
        Canary canary = asked;
        if (canary == null) {
            return;
        }
        Answer<Shadow> taken = answer.get();
        if (taken == null && !askedAt.plus(LONGEST_ANSWER).isBefore(now)) {
            return;
        }
        asked = null;
        close();
        question = null;
        Check check = canary.check();
        Capture capture = canary.capture();
        if (check == null || capture == null) {
            return; // it no longer stands for anything, or its partition moved
        }
        if (taken == null) {
            pause(canary, now);
            return;
        }
        switch (taken) {
            case Answer.Found<Shadow> found -> compare(canary, check, capture, found.value(), now);
            case Answer.Absent<Shadow> ignored -> withoutShadow(canary, now);
            case Answer.Refused<Shadow> ignored -> withoutShadow(canary, now);
            case Answer.Exists<Shadow> ignored -> withoutShadow(canary, now);
            case Answer.Throttled<Shadow> ignored -> pause(canary, now);
            case Answer.Misconfigured<Shadow> ignored -> pause(canary, now);
            case Answer.Unreachable<Shadow> ignored -> pause(canary, now);
            case Answer.Withheld<Shadow> ignored -> pause(canary, now);
        }
    }

    /** The platform says nothing about this device, so another one stands for it. Of many, the relay may lack the right. */
    private void withoutShadow(Canary canary, Instant now) {
        forget(Forgotten.NO_SHADOW, 1);
        canaries.exclude(canary, now.plus(EXCLUSION));
        withoutShadow++;
        if (withoutShadow >= MOST_WITHOUT_SHADOW) {
            pausedUntil = now.plus(SOON);
        }
    }

    private void pause(Canary canary, Instant now) {
        forget(Forgotten.TROUBLE, 1);
        pausedUntil = now.plus(SOON);
        rest(canary, now.plus(properties.interval()));
    }

    private void compare(Canary canary, Check check, Capture capture, Shadow shadow, Instant now) {
        if (!shadow.device().equals(canary.device())) {
            withoutShadow(canary, now);
            return;
        }
        withoutShadow = 0;
        forget(Forgotten.MOVED, check.forgetAbandoned());
        // The number before the reports: one that comes in between must not look like one that is kept
        long count = capture.count();
        boolean failed = false;
        for (Check.Result result : check.judge(shadow, capture.after(0), count)) {
            Sighting worst = result.worst();
            if (worst == Sighting.UNKNOWN) {
                forget(Forgotten.UNCLEAR, 1);
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
        Optional<JsonNode> shown =
                shadow.reported(service).map(reported -> reported.properties().get(property));
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

    private void publish(Instant now) {
        findings.age(now);
        status = new ReadBackStatus(
                tallies.routes(),
                findings.standing(),
                canaries.all().size(),
                canaries.targets(),
                forgotten,
                tallies.hasVerdictSince(now.minus(memory)));
    }
}
