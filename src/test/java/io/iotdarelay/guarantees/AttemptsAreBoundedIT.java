package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryStatus;
import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Fleet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An unexplained refusal of the platform, or a defect of the relay, is retried a few times, and then costs one record. */
class AttemptsAreBoundedIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Reply UNHEARD_OF = Reply.error(403, "IOTDA.099999", "No.");
    private static final int TRIES = 10;
    private static final int TRIES_AFTER_DEFECTS = 3;
    private static final String DEFECT = "a defect for this test";
    private static final String BROKEN = "broken-in-delivery";

    /** Two reports of a test fit, four do not. */
    private static final int HALF_A_BATCH = 280;

    private static final AtomicInteger decodings = new AtomicInteger();
    private static final AtomicInteger deliveries = new AtomicInteger();

    private static Scene scene;
    private static Fleet good;

    @BeforeAll
    static void start() {
        scene = Scene.of("tries", 1);
        for (String device : List.of("forbidden", "forbidden-nine-times", "forbidden-together", BROKEN, "undecoded")) {
            scene.register(device);
        }
        good = scene.fleet(10);
        scene.relays()
                .withShortBackoff()
                .with("relay.lane.linger", "300ms")
                .replacing(
                        RecordDecoders.class, decoders -> encoding -> record -> decode(decoders.of(encoding), record))
                .replacing(DeviceDirectory.class, BrokenForOne::new);
        scene.start();
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    @AfterEach
    void clear() {
        scene.simulator().faults().clear();
    }

    @Test
    void otherForbiddenIsTriedTenTimesAndThenADeadLetter() {
        // Given
        forbid("forbidden", Long.MAX_VALUE, 0);

        // When
        scene.send("forbidden", "{\"n\":0}");
        scene.flush();
        await().atMost(SOON).until(() -> scene.deadLettersOf("forbidden").size() == 1);

        // Then
        DeadLetter letter = scene.deadLettersOf("forbidden").getFirst();
        assertThat(letter.reason()).isEqualTo("refused");
        assertThat(letter.attempts()).isEqualTo(TRIES);
        assertThat(letter.text("iotda-relay-http-status")).isEqualTo("403");
        assertThat(letter.text("iotda-relay-error-code")).isEqualTo("IOTDA.099999");
        List<Ledger.Request> requests = scene.requests(Api.PROPERTIES, "forbidden");
        assertThat(requests).hasSize(TRIES);
        assertThat(Duration.between(requests.getFirst().at(), requests.getLast().at()))
                .as("backed off in between")
                .isGreaterThan(Duration.ofMillis(500));
        assertThat(scene.requests(Api.DEVICE_AUTH, "forbidden")).hasSize(1);
        assertOthersContinue();
    }

    @Test
    void otherForbiddenThatPassesCostsNothing() {
        // Given
        forbid("forbidden-nine-times", TRIES - 1, 0);

        // When
        scene.send("forbidden-nine-times", "{\"n\":0}");
        scene.flush();

        // Then
        await().atMost(SOON).until(() -> scene.arrived("forbidden-nine-times").equals(List.of(0)));
        assertThat(scene.deadLettersOf("forbidden-nine-times")).isEmpty();
        assertThat(scene.requests(Api.DEVICE_AUTH, "forbidden-nine-times")).hasSize(1);
    }

    @Test
    void otherForbiddenOfABatchIsSplitAfterTenTries() {
        // Given
        forbid("forbidden-together", Long.MAX_VALUE, HALF_A_BATCH);

        // When
        for (int i = 0; i < 4; i++) {
            scene.send("forbidden-together", "{\"n\":" + i + "}");
        }
        scene.flush();

        // Then
        await().atMost(SOON).until(() -> scene.arrived("forbidden-together").size() >= 4);
        assertThat(scene.arrived("forbidden-together")).containsExactly(0, 1, 2, 3);
        assertThat(scene.requests(Api.PROPERTIES, "forbidden-together"))
                .extracting(Ledger.Request::status)
                .startsWith(IntStream.range(0, TRIES).map(i -> 403).boxed().toArray(Integer[]::new))
                .endsWith(200, 200)
                .hasSize(TRIES + 2);
        assertThat(scene.deadLettersOf("forbidden-together")).isEmpty();
    }

    @Test
    void defectInMappingIsTriedThreeTimesAndThenADeadLetterWithItsStackTrace() {
        // When
        scene.send("undecoded", "{\"n\":0}");
        scene.send("undecoded", "{\"n\":1,\"is\":\"" + DEFECT + "\"}");
        scene.send("undecoded", "{\"n\":2}");
        scene.flush();
        await().atMost(SOON).until(() -> scene.arrived("undecoded").size() >= 2);

        // Then
        assertThat(scene.arrived("undecoded")).containsExactly(0, 2);
        DeadLetter letter = await().atMost(SOON)
                .until(
                        () -> DeadLetter.all(scene.kafka(), "tries.dlt").stream()
                                .filter(each -> each.value().contains(DEFECT))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertIsOurs(letter);
        assertThat(letter.attempts()).isZero();
        assertThat(decodings).hasValue(TRIES_AFTER_DEFECTS);
        assertOthersContinue();
    }

    @Test
    void defectInDeliveryIsTriedThreeTimesAndThenADeadLetterWithItsStackTrace() {
        // When
        scene.send(BROKEN, "{\"n\":0}");
        scene.flush();
        assertOthersContinue();
        await().atMost(SOON).until(() -> scene.deadLettersOf(BROKEN).size() == 1);

        // Then
        assertIsOurs(scene.deadLettersOf(BROKEN).getFirst());
        assertThat(deliveries).hasValue(TRIES_AFTER_DEFECTS);
        assertThat(scene.simulator().ledger().requests()).noneMatch(request -> BROKEN.equals(request.device()));
        await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), scene.topic()) == 0);
    }

    private static void assertIsOurs(DeadLetter letter) {
        assertThat(letter.reason()).isEqualTo("internal-error");
        assertThat(letter.detail())
                .startsWith("java.lang.IllegalStateException: " + DEFECT)
                .contains("\tat io.iotdarelay.guarantees.AttemptsAreBoundedIT");
    }

    private static void assertOthersContinue() {
        good.produceForEach(scene.producer(), scene.topic(), 1);
        scene.awaitEachOnce(good, SOON);
    }

    private static void forbid(String device, long times, int largerThan) {
        scene.simulator()
                .faults()
                .injectNext(
                        times,
                        Faults.device(device).and(Faults.reports()).and(Faults.largerThan(largerThan)),
                        new Fault.Answer(UNHEARD_OF));
    }

    private static Decoding decode(RecordDecoder decoder, SourceRecord record) {
        if (new String(record.value(), StandardCharsets.UTF_8).contains(DEFECT)) {
            decodings.incrementAndGet();
            throw new IllegalStateException(DEFECT);
        }
        return decoder.decode(record);
    }

    /** A directory that breaks when a lane of one device asks it. */
    private record BrokenForOne(DeviceDirectory directory) implements DeviceDirectory {

        @Override
        public Optional<DirectoryEntry> find(DeviceId device) {
            if (device.value().equals(BROKEN)
                    && Thread.currentThread().getName().startsWith("relay-loop")) {
                deliveries.incrementAndGet();
                throw new IllegalStateException(DEFECT);
            }
            return directory.find(device);
        }

        @Override
        public boolean isLoaded() {
            return directory.isLoaded();
        }

        @Override
        public DirectoryStatus status() {
            return directory.status();
        }
    }
}
