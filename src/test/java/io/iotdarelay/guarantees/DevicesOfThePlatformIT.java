package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Without any directory, the platform itself tells of devices: once each, for as long as it answers, and it delays nobody when it does not.
 * The tests share a relay and the faults of its platform, so they run one after the other.
 */
@Execution(ExecutionMode.CONCURRENT)
class DevicesOfThePlatformIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final String CREATING = "platform-devices-creating";
    private static final String DRY_RUN = "platform-devices-dry-run";
    private static final String CHILDREN = "platform-devices-children";
    private static final String PRODUCT = "5ba24f5ebbe8f56f5a14f605";
    private static final int STRANGERS = 10_000;

    private static final Scene scene = Scene.of("platform-devices", 3);
    private static Actuator actuator = Actuator.at(0);

    @BeforeAll
    static void start() {
        askPlatform(scene);
        scene.kafka().createTopic(CREATING, 3);
        createDevices(scene, 1, CREATING, 1000);
        scene.kafka().createTopic(DRY_RUN, 3);
        createDevices(scene, 3, DRY_RUN, 1000);
        scene.relays().with("relay.routes[3].provision.dry-run", "true");
        scene.kafka().createTopic(CHILDREN, 3);
        createChildren(2);
        actuator = Actuator.of(scene.start()).asOperator();
    }

    /** Devices of a topic are created, with IDs that begin with {@code new-}. */
    private static void createDevices(Scene scene, int route, String topic, int mostPerHour) {
        scene.simulator()
                .registerProduct("{\"product_id\":\"" + PRODUCT
                        + "\",\"service_capabilities\":[{\"service_id\":\"S\",\"service_type\":\"S\",\"properties\":["
                        + "{\"property_name\":\"n\",\"data_type\":\"int\",\"method\":\"R\"}]}]}");
        String provision = "relay.routes[" + route + "].provision.";
        scene.relays()
                .withPropertiesRoute(route, "creating-" + route, topic)
                .with(provision + "ids", "new-[0-9]+")
                .with(provision + "product-id", PRODUCT)
                .with(provision + "most-per-hour", String.valueOf(mostPerHour));
    }

    /** Gateways and children are created, and children move. */
    private static void createChildren(int route) {
        String key = "relay.routes[" + route + "].";
        scene.relays()
                .withPropertiesRoute(route, "children", CHILDREN)
                .with(key + "to", "gateway")
                .with(key + "gateway-id", "/g")
                .with(key + "provision.ids", "child-[0-9]+")
                .with(key + "provision.product-id", PRODUCT)
                .with(key + "provision.change-gateway", "true")
                .with(key + "provision.gateway.ids", "gateway-[0-9]+")
                .with(key + "provision.gateway.product-id", PRODUCT);
    }

    private static void askPlatform(Scene scene) {
        ApplicationAccess access = ApplicationAccess.SAMPLE;
        scene.relays()
                .without("relay.devices.file")
                .with("relay.devices.platform", "true")
                .with("relay.devices.unknown-grace", GRACE.toSeconds() + "s")
                .with("relay.dead-letter.max-share", "1")
                .with("relay.platform.endpoint", scene.simulator().endpoint())
                .with("relay.platform.region", access.region())
                .with("relay.platform.project-id", access.projectId())
                .with("relay.platform.access-key", access.accessKey())
                .with("relay.platform.secret-key", access.secretKey())
                .with("relay.platform.ssl-bundle", "iotda")
                .with("relay.platform.requests-per-second", "1000")
                .with("relay.platform.response-timeout", "2s")
                .with("resilience4j.circuitbreaker.configs.platform.wait-duration-in-open-state", "500ms");
    }

    @AfterEach
    void allIsWellAgain() {
        scene.simulator().faults().clear();
    }

    @AfterAll
    static void stop() throws Exception {
        scene.close();
    }

    private static void send(String device, int... numbers) {
        for (int n : numbers) {
            scene.send(device, "{\"n\":" + n + "}");
        }
        scene.flush();
    }

    private static void awaitArrived(String device, Integer... numbers) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(scene.arrived(device)).as(device).containsExactly(numbers));
    }

    private static int lookups(String device) {
        return scene.requests(Api.GET_DEVICE, device).size();
    }

    private static void awaitRejected(String device, String reason, String detail, int records) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(scene.deadLettersOf(device))
                        .as(device)
                        .hasSize(records)
                        .allSatisfy(letter -> {
                            assertThat(letter.reason()).isEqualTo(reason);
                            assertThat(letter.text("iotda-relay-detail")).contains(detail);
                        }));
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void asksOnceForEachDevice() {
        // Given
        scene.register("known");
        scene.simulator()
                .register(
                        SimulatedDevice.direct("frozen", "secret-of-frozen"),
                        SimulatedDevice.direct("with-certificate", "").withCertificate());
        scene.simulator().freeze("frozen");
        await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));

        // When
        send("known", 0, 1, 2);
        send("frozen", 0);
        send("with-certificate", 0);
        send("stranger", 0, 1);

        // Then
        awaitArrived("known", 0, 1, 2);
        awaitRejected("frozen", "device-rejected", "the device is frozen on the platform", 1);
        awaitRejected("with-certificate", "device-rejected", "authenticates with a certificate", 1);
        awaitRejected("stranger", "unknown-device", "the platform does not know it (IOTDA.014000)", 2);
        send("stranger", 2);
        awaitRejected("stranger", "unknown-device", "the platform does not know it", 3);
        for (String device : List.of("known", "frozen", "with-certificate", "stranger")) {
            assertThat(lookups(device)).as(device).isEqualTo(1);
        }
        assertThat(scene.requests(Api.DEVICE_AUTH, "frozen")).isEmpty();
        assertThat(actuator.json("/health/devices")
                        .path("details")
                        .path("platformKnown")
                        .asInt())
                .isGreaterThanOrEqualTo(3);
        assertThat(actuator.metrics()).containsKey("relay_devices_lookups_total{outcome=\"found\"}");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aSecretThatChangesCostsNoRecord() {
        scene.register("rotated");
        scene.simulator().register(SimulatedDevice.direct("two", "one-of-two").withSecondarySecret("two-of-two"));
        send("rotated", 0);
        send("two", 0);
        awaitArrived("rotated", 0);
        awaitArrived("two", 0);

        scene.simulator().register(SimulatedDevice.direct("rotated", "another-secret"));
        scene.simulator().register(SimulatedDevice.direct("two", "gone-is-one").withSecondarySecret("two-of-two"));
        scene.simulator().revokeTokens("rotated");
        scene.simulator().revokeTokens("two");
        send("rotated", 1, 2);
        send("two", 1, 2);

        awaitArrived("rotated", 0, 1, 2);
        awaitArrived("two", 0, 1, 2);
        assertThat(scene.deadLettersOf("rotated")).isEmpty();
        assertThat(scene.deadLettersOf("two")).isEmpty();
        assertThat(lookups("rotated")).isEqualTo(2);
        assertThat(lookups("two")).as("it was known").isEqualTo(1);
    }

    /** Both sides say 401 IOTDA.000002, and mean different things. */
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whileThePlatformCannotBeAskedTheOthersWaitAndTheKnownDoNot() {
        scene.register("flowing");
        send("flowing", 0);
        awaitArrived("flowing", 0);

        for (Fault fault : List.of(
                new Fault.Answer(Reply.error(401, "IOTDA.000002", "authentication failed")),
                new Fault.Answer(Reply.html(503)),
                new Fault.Reset())) {
            String late = "late-" + fault.getClass().getSimpleName() + System.identityHashCode(fault);
            scene.register(late);
            scene.simulator().faults().inject(Faults.application(), fault);
            int before = scene.arrived("flowing").size();
            send(late, 0, 1);
            Instant end = Instant.now().plus(GRACE.multipliedBy(3));
            int n = before;
            while (Instant.now().isBefore(end)) {
                Instant sent = Instant.now();
                send("flowing", n++);
                int expected = n;
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> scene.arrived("flowing").size() == expected);
                assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(2));
            }
            assertThat(scene.arrived(late)).isEmpty();
            assertThat(scene.deadLettersOf(late))
                    .as("nobody said that it is unknown")
                    .isEmpty();
            assertThat(actuator.status("readiness")).isEqualTo("UP");
            assertThat(actuator.status("devices")).isEqualTo("UP");

            scene.simulator().faults().clear();
            send(late, 2);
            awaitArrived(late, 0, 1, 2);
        }
        assertThat(scene.deadLettersOf("flowing")).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void createsDevicesAndDeliversThoughAnswersAreLost() {
        scene.simulator()
                .faults()
                .injectNext(
                        1,
                        call -> call.api() == Api.CREATE_DEVICE && call.device().equals("new-1"),
                        new Fault.ResetAfterProcessing());
        for (int n = 0; n < 3; n++) {
            for (String device : List.of("new-1", "new-2", "unlike")) {
                scene.send(new ProducerRecord<>(CREATING, Scene.bytes(device), Scene.bytes("{\"n\":" + n + "}")));
            }
        }
        scene.flush();

        awaitArrived("new-1", 0, 1, 2);
        awaitArrived("new-2", 0, 1, 2);
        awaitRejected("unlike", "unknown-device", "it is not created: ", 3);
        assertThat(scene.simulator().device("unlike")).isEmpty();
        assertThat(scene.simulator().device("new-1").orElseThrow().productId()).isEqualTo(PRODUCT);
        assertThat(scene.requests(Api.CREATE_DEVICE, "new-2")).hasSize(1);
        assertThat(scene.deadLettersOf("new-1")).isEmpty();
    }

    /** And what one route does not create, another one may at once. */
    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aDryRunCreatesNothing() {
        String device = "new-901";
        for (int n = 0; n < 2; n++) {
            scene.send(new ProducerRecord<>(DRY_RUN, Scene.bytes(device), Scene.bytes("{\"n\":" + n + "}")));
        }
        scene.flush();
        awaitRejected(device, "unknown-device", "it would be created, but for provision.dry-run", 2);
        assertThat(scene.simulator().device(device)).isEmpty();
        assertThat(scene.requests(Api.CREATE_DEVICE, device)).isEmpty();
        assertThat(lookups(device)).isEqualTo(1);

        scene.send(new ProducerRecord<>(CREATING, Scene.bytes(device), Scene.bytes("{\"n\":2}")));
        scene.flush();
        awaitArrived(device, 2);
    }

    private static void sendChild(String child, String gateway, int... numbers) {
        for (int n : numbers) {
            scene.send(new ProducerRecord<>(
                    CHILDREN, Scene.bytes(child), Scene.bytes("{\"n\":" + n + ",\"g\":\"" + gateway + "\"}")));
        }
        scene.flush();
    }

    private static Optional<String> gatewayOf(String child) {
        return scene.simulator().device(child).map(SimulatedDevice::gateway);
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void createsGatewaysAndChildrenAndMovesThem() {
        sendChild("child-1", "gateway-1", 0, 1);
        sendChild("child-2", "gateway-1", 0);
        sendChild("child-3", "stranger-1", 0);
        awaitArrived("child-1", 0, 1);
        awaitArrived("child-2", 0);
        awaitRejected("child-3", "unknown-device", "it is not created: ", 1);
        assertThat(scene.requests(Api.CREATE_DEVICE, "gateway-1")).hasSize(1);
        assertThat(gatewayOf("child-1")).contains("gateway-1");

        sendChild("child-1", "gateway-2", 2, 3);
        awaitArrived("child-1", 0, 1, 2, 3);
        assertThat(gatewayOf("child-1")).contains("gateway-2");
        assertThat(gatewayOf("child-2")).contains("gateway-1");
        assertThat(scene.requests(Api.CHANGE_GATEWAY, "child-1")).hasSize(1);
        assertThat(scene.deadLettersOf("child-1")).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void whatIsKeptInTheTopicNeedsNoCallAfterARestart() throws Exception {
        try (Scene other = Scene.of("platform-kept", 3)) {
            // Given
            askPlatform(other);
            createDevices(other, 0, other.topic(), 1000);
            other.kafka().createTopic("platform-kept-devices", 1);
            other.relays().with("relay.devices.topic", "platform-kept-devices").with("relay.devices.keep", "topic");
            ConfigurableApplicationContext first = other.start();
            IntStream.range(0, 5).forEach(i -> other.send("new-" + i, "{\"n\":0}"));
            other.flush();
            await().atMost(SOON)
                    .untilAsserted(() -> IntStream.range(0, 5)
                            .forEach(i -> assertThat(other.arrived("new-" + i)).containsExactly(0)));
            long calls = other.simulator().ledger().requests(Api.GET_DEVICE).size();
            assertThat(calls).isEqualTo(5);
            first.close();

            // When
            other.start();
            IntStream.range(0, 5).forEach(i -> other.send("new-" + i, "{\"n\":1}"));
            other.flush();

            // Then
            await().atMost(SOON)
                    .untilAsserted(() -> IntStream.range(0, 5)
                            .forEach(i -> assertThat(other.arrived("new-" + i)).containsExactly(0, 1)));
            assertThat(other.simulator().ledger().requests(Api.GET_DEVICE)).hasSize(5);
            assertThat(other.simulator().ledger().requests(Api.CREATE_DEVICE)).hasSize(5);
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aRestartInTheMiddleLosesNoDeviceAndNoRecord() throws Exception {
        int devices = 60;
        try (Scene other = Scene.of("platform-restart", 3)) {
            // Given
            askPlatform(other);
            createDevices(other, 0, other.topic(), 1000);
            other.relays().with("relay.platform.requests-per-second", "40").with("relay.source.drain-timeout", "2s");
            ConfigurableApplicationContext first = other.start();

            // When
            for (int n = 0; n < 2; n++) {
                for (int i = 0; i < devices; i++) {
                    other.send("new-" + i, "{\"n\":" + n + "}");
                }
            }
            other.flush();
            await().atMost(SOON).until(() -> other.simulator().devices().size() > devices / 4);
            first.close();
            assertThat(other.simulator().devices()).hasSizeLessThan(devices);
            other.start();

            // Then
            await().atMost(SOON.multipliedBy(2))
                    .untilAsserted(() -> IntStream.range(0, devices)
                            .forEach(i -> assertThat(other.arrived("new-" + i))
                                    .as("new-" + i)
                                    .containsExactly(0, 1)));
            assertThat(other.deadLetters()).isZero();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(other.kafka().lag(other.topic(), other.topic()))
                            .isZero());
        }
    }

    /** Dead letters of names that nobody knows. */
    private static long strangers() {
        return DeadLetter.all(scene.kafka(), scene.topic() + ".dlt").stream()
                .filter(letter ->
                        letter.key().startsWith("nobody-") && letter.reason().equals("unknown-device"))
                .count();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void manyThousandNamesThatNobodyKnowsDelayNobody() {
        // Given
        scene.register("steady");
        send("steady", 0);
        awaitArrived("steady", 0);
        long before = scene.simulator().ledger().requests(Api.GET_DEVICE).size();

        // When
        Instant begin = Instant.now();
        for (int i = 0; i < STRANGERS; i++) {
            scene.send(
                    new ProducerRecord<>(scene.topic(), Scene.bytes("nobody-" + i), Scene.bytes("{\"n\":" + i + "}")));
        }
        scene.flush();
        IntStream.range(0, 10).forEach(i -> scene.register("real-" + i));
        IntStream.range(0, 10).forEach(i -> send("real-" + i, 0));
        Duration longest = Duration.ZERO;
        int n = 1;
        while (strangers() < STRANGERS && n < 200) {
            Instant sent = Instant.now();
            send("steady", n++);
            int expected = n;
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> scene.arrived("steady").size() == expected);
            Duration took = Duration.between(sent, Instant.now());
            longest = took.compareTo(longest) > 0 ? took : longest;
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        }

        // Then
        Duration took = Duration.between(begin, Instant.now());
        await().atMost(SOON).untilAsserted(() -> assertThat(strangers()).isEqualTo(STRANGERS));
        IntStream.range(0, 10).forEach(i -> awaitArrived("real-" + i, 0));
        Map<String, Long> asked = scene.simulator().ledger().requests(Api.GET_DEVICE).stream()
                .skip(before)
                .collect(Collectors.groupingBy(request -> request.device(), Collectors.counting()));
        assertThat(asked).hasSize(STRANGERS + 10);
        assertThat(asked.values()).containsOnly(1L);
        assertThat(longest).as("for a device that is known").isLessThan(Duration.ofSeconds(5));
        System.out.println("10,000 unknown IDs: " + asked.size() + " calls in " + took + ", a known device waited "
                + longest + " at most");
    }
}
