package io.iotdarelay.readback;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationStatus;
import io.iotdarelay.appside.Shadow;
import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.metrics.ReadBackMeters;
import io.iotdarelay.model.Diagnosis;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.UnansweredSide;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A read-back, an application side that answers at once, and a clock that the test drives. */
final class ReadBackWorld {

    final ManualClock clock = ManualClock.at("2026-11-30T12:00:00Z");
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<DeviceId> asked = new ArrayList<>();
    final List<Instant> askedAt = new ArrayList<>();
    final Epoch assignment = new Epoch();
    final ReadBack readBack;
    private final Map<String, Long> before = new HashMap<>();
    double rate = 10;
    int waiting;
    Function<DeviceId, Answer<Shadow>> side = this::shadow;
    boolean isSilent;

    private final Map<String, Shadow.Service> services = new HashMap<>();

    /** A period of ownership that can end. */
    static final class Epoch implements Assignment {

        boolean isOver;

        @Override
        public boolean isCurrent() {
            return !isOver;
        }

        @Override
        public boolean mayStart() {
            return !isOver;
        }

        @Override
        public void settle(SourceRecord record) {}
    }

    ReadBackWorld() {
        this(new ReadBackProperties(true, 3, Duration.ofMinutes(10), Duration.ofMinutes(1), 1));
    }

    ReadBackWorld(ReadBackProperties properties) {
        this(properties, new Diagnosis(() -> LoadedModels.NONE, device -> "P"));
    }

    ReadBackWorld(ReadBackProperties properties, Diagnosis models) {
        readBack = new ReadBack(properties, new Side(), models, new ReadBackMeters(registry), clock);
    }

    /** A report of the service {@code S} was delivered, read just now. */
    void deliver(String device, String properties) {
        deliver(device, "S", properties, clock.instant());
    }

    void deliver(String device, String service, String properties, Instant time) {
        deliver(new Report.Properties(new DeviceId(device), entry(service, properties, time)));
    }

    void deliver(Report report) {
        deliver("r", report);
    }

    void deliver(String route, Report report) {
        readBack.deliveries().add(route, report, assignment, clock.instant());
    }

    static Json entry(String service, String properties, Instant time) {
        return json("{\"service_id\":\"" + service + "\",\"properties\":" + properties + ",\"event_time\":\"" + time
                + "\"}");
    }

    static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The shadow of every device shows this of a service; nothing before. */
    void shows(String service, @Nullable String properties, @Nullable Instant time) {
        services.put(
                service,
                new Shadow.Service(
                        service,
                        1,
                        Optional.ofNullable(properties)
                                .map(json -> new Shadow.Reported(StrictJson.tree(json), Optional.ofNullable(time)))));
    }

    void shows(String properties) {
        shows("S", properties, clock.instant());
    }

    Answer<Shadow> shadow(DeviceId device) {
        return new Answer.Found<>(new Shadow(device, List.copyOf(services.values())));
    }

    /** So many seconds pass, with a turn in each. */
    void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            clock.advance(Duration.ofSeconds(1));
            readBack.tick();
        }
    }

    /** A device becomes a canary; what it was chosen by is stored, and now it waits for the next report. */
    void watch(String device, String properties) {
        shows(properties);
        deliver(device, properties);
        pass(620);
        before.putAll(counted());
        asked.clear();
        askedAt.clear();
    }

    /** The outcomes that were counted since then, with their numbers. */
    void assertCounted(String... outcomes) {
        assertThat(counted().entrySet().stream()
                        .map(each -> Map.entry(each.getKey(), each.getValue() - before.getOrDefault(each.getKey(), 0L)))
                        .filter(each -> each.getValue() > 0)
                        .map(each -> each.getKey() + ' ' + each.getValue()))
                .containsExactlyInAnyOrder(outcomes);
    }

    private Map<String, Long> counted() {
        return registry.find("relay.platform.read.back").counters().stream()
                .collect(Collectors.toMap(ReadBackWorld::describe, counter -> (long) counter.count()));
    }

    double gauge(String name) {
        return registry.get(name).tag("route", "r").gauge().value();
    }

    double forgotten(String reason) {
        return registry.get("relay.platform.read.back.forgotten")
                .tag("reason", reason)
                .counter()
                .count();
    }

    List<String> told() {
        return readBack.status().notStored().stream()
                .map(ReadBackStatus.NotStored::property)
                .toList();
    }

    private static String describe(Counter counter) {
        return counter.getId().getTag("route")
                + ' '
                + counter.getId().getTag("service")
                + ' '
                + counter.getId().getTag("outcome");
    }

    /** Only shadows can be read. */
    private final class Side implements UnansweredSide {

        @Override
        public Mono<Answer<Shadow>> shadow(DeviceId device) {
            return isSilent
                    ? Mono.never()
                    : Mono.fromSupplier(() -> {
                        asked.add(device);
                        askedAt.add(clock.instant());
                        return side.apply(device);
                    });
        }

        @Override
        public ApplicationStatus status() {
            return new ApplicationStatus(Optional.empty(), "CLOSED", rate, waiting, Optional.empty());
        }
    }
}
