package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Errors;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.ModelFilter;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.SimulatedProduct;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.DeadLetter;
import io.iotdarelay.testing.Dice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What spoils a request of many reports is found by halving, within six further rounds for fifty; the rest arrives, in order and
 * once.
 */
class OneBadReportIsFoundInABatchIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MANY = 50;
    private static final int ROUNDS = 6;

    /** Of the body: about seven reports of a test. */
    private static final int PLATFORM_TAKES = 900;

    private static final int SPOILT = Dice.roll("batch").nextInt(MANY);

    private static Scene scene;

    @BeforeAll
    static void start() {
        scene = Scene.of("batch", 1, new SimulatorOptions().modelFilter(ModelFilter.STRICT));
        scene.kafka().createTopic("batch.plant", 1);
        List<String> directory = new ArrayList<>(List.of("device_id,secret,gateway_id"));
        for (String device : List.of("picky", "too-large-413", "too-large-021105", "gateway", "wide-gateway")) {
            scene.register(device);
            directory.add(device + ",secret-of-" + device + ",");
        }
        SimulatedProduct product = new SimulatedProduct(Map.of("S", Map.of("n", SimulatedProduct.Property.of("int"))));
        scene.simulator()
                .register(SimulatedDevice.direct("picky", "secret-of-picky").of(product));
        for (int i = 0; i < MANY; i++) {
            directory.add("child-" + i + ",,gateway");
            directory.add("twig-" + i + ",,wide-gateway");
            scene.simulator().register(SimulatedDevice.child("twig-" + i, "wide-gateway"));
            if (i != SPOILT) {
                scene.simulator().register(SimulatedDevice.child("child-" + i, "gateway"));
            }
        }
        scene.relays()
                .withDevices(directory)
                .with("relay.lane.linger", "500ms")
                .with("relay.routes[1].name", "plant")
                .with("relay.routes[1].topics[0]", "batch.plant")
                .with("relay.routes[1].to", "gateway")
                .with("relay.routes[1].device-id", "key")
                .with("relay.routes[1].services[0].id", "S")
                .with("relay.routes[1].services[0].properties.n", "/n");
        scene.start();
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    @Test
    void foreignChildIsFoundAmongFifty() {
        // When
        for (int n = 0; n < 2; n++) {
            for (int i = 0; i < MANY; i++) {
                scene.send(child("child-" + i, n));
            }
        }
        scene.flush();
        String alien = "child-" + SPOILT;
        await().atMost(SOON).until(() -> scene.deadLettersOf(alien).size() == 2);
        await().atMost(SOON).until(() -> scene.kafka().lag(scene.topic(), "batch.plant") == 0);

        // Then
        assertThat(scene.deadLettersOf(alien)).extracting(DeadLetter::reason).containsOnly("child-rejected");
        assertThat(scene.deadLettersOf(alien)).extracting(DeadLetter::value).containsExactly("{\"n\":0}", "{\"n\":1}");
        assertThat(scene.deadLettersOf(alien)).extracting(DeadLetter::attempts).allMatch(tries -> tries <= ROUNDS + 1);
        IntStream.range(0, MANY)
                .filter(i -> i != SPOILT)
                .forEach(i -> assertThat(scene.arrived("child-" + i)).containsExactly(0, 1));
        assertFoundWithinSixRounds(Api.GATEWAY, "gateway", "IOTDA.021104");
    }

    @Test
    void invalidReportIsFoundAmongFifty() {
        // When
        for (int i = 0; i < MANY; i++) {
            scene.send("picky", i == SPOILT ? "{\"n\":\"no number\"}" : "{\"n\":" + i + "}");
        }
        scene.flush();
        await().atMost(SOON).until(() -> scene.deadLettersOf("picky").size() == 1);
        await().atMost(SOON).until(() -> scene.arrived("picky").size() == MANY - 1);

        // Then
        DeadLetter letter = scene.deadLettersOf("picky").getFirst();
        assertThat(letter.reason()).isEqualTo("refused");
        assertThat(letter.value()).contains("no number");
        assertThat(letter.text("iotda-relay-error-code")).isEqualTo("IOTDA.000006");
        assertThat(letter.attempts()).isLessThanOrEqualTo(ROUNDS + 1);
        assertThat(scene.arrived("picky")).isEqualTo(allBut(SPOILT));
        assertFoundWithinSixRounds(Api.PROPERTIES, "picky", "IOTDA.000006");
    }

    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of("too-large-413", Reply.html(413), "413"),
                Arguments.of("too-large-021105", Errors.tooLarge(), "403"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sizes")
    void requestThatIsTooLargeIsSplitAndARecordThatIsTooLargeAloneIsADeadLetter(
            String device, Reply refusal, String status) {
        // Given
        scene.simulator()
                .faults()
                .inject(
                        Faults.device(device).and(Faults.reports()).and(Faults.largerThan(PLATFORM_TAKES)),
                        new Fault.Answer(refusal));

        // When
        for (int i = 0; i < MANY; i++) {
            scene.send(
                    device, i == SPOILT ? "{\"n\":\"" + "x".repeat(2 * PLATFORM_TAKES) + "\"}" : "{\"n\":" + i + "}");
        }
        scene.flush();
        await().atMost(SOON).until(() -> scene.deadLettersOf(device).size() == 1);
        await().atMost(SOON).until(() -> scene.arrived(device).size() == MANY - 1);

        // Then
        DeadLetter letter = scene.deadLettersOf(device).getFirst();
        assertThat(letter.reason()).isEqualTo("too-large");
        assertThat(letter.value()).contains("xxx");
        assertThat(letter.text("iotda-relay-http-status")).isEqualTo(status);
        assertThat(scene.arrived(device)).isEqualTo(allBut(SPOILT));
    }

    @Test
    void requestWithTooManyChildrenIsSplitAndEachArrivesOnce() {
        // Given
        scene.simulator()
                .faults()
                .inject(
                        Faults.device("wide-gateway").and(Faults.reports()).and(Faults.largerThan(PLATFORM_TAKES)),
                        new Fault.Answer(Errors.tooManyChildren(7)));

        // When
        for (int n = 0; n < 2; n++) {
            for (int i = 0; i < MANY; i++) {
                scene.send(child("twig-" + i, n));
            }
        }
        scene.flush();

        // Then
        await().atMost(SOON)
                .until(() -> IntStream.range(0, MANY)
                        .allMatch(i -> scene.arrived("twig-" + i).contains(1)));
        IntStream.range(0, MANY)
                .forEach(i -> assertThat(scene.arrived("twig-" + i)).containsExactly(0, 1));
        assertThat(scene.requests(Api.GATEWAY, "wide-gateway"))
                .extracting(Ledger.Request::errorCode)
                .contains("IOTDA.021103");
        assertThat(scene.deadLettersOf("twig-0")).isEmpty();
    }

    /** All but one, and in no request twice. */
    private static List<Integer> allBut(int spoilt) {
        return IntStream.range(0, MANY).filter(i -> i != spoilt).boxed().toList();
    }

    /** The whole was refused once, and then one part of it in each round; the other part arrived. */
    private static void assertFoundWithinSixRounds(Api api, String sender, String errorCode) {
        List<Ledger.Request> requests = scene.requests(api, sender);
        List<Ledger.Request> refused =
                requests.stream().filter(request -> request.status() != 200).toList();
        assertThat(refused).extracting(Ledger.Request::errorCode).containsOnly(errorCode);
        assertThat(refused).hasSizeBetween(2, ROUNDS + 1);
        assertThat(requests).hasSizeLessThanOrEqualTo(1 + 2 * ROUNDS);
        assertThat(requests.getFirst()).isEqualTo(refused.getFirst());
        assertThat(scene.requests(Api.DEVICE_AUTH, sender)).hasSize(1);
    }

    private static ProducerRecord<byte[], byte[]> child(String child, int n) {
        return new ProducerRecord<>("batch.plant", Scene.bytes(child), Scene.bytes("{\"n\":" + n + "}"));
    }
}
