package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/** Devices are created although instances race for them, and although creating fails for a while: with the defaults of the application side. */
@Execution(ExecutionMode.CONCURRENT)
class NewDevicesWithstandTroubleIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PRODUCT = "5ba24f5ebbe8f56f5a14f605";
    private static final int DEVICES = 40;

    /** Records that are not keyed by device: each partition has all devices, so that two instances meet each of them at once. */
    @Test
    void instancesThatMeetTheSameDevicesCreateThemOnce() throws Exception {
        try (Scene scene = Scene.of("new-race", 2)) {
            // Given
            create(scene);
            List<ConfigurableApplicationContext> relays = List.of(scene.start(), scene.start());
            await().atMost(SOON)
                    .until(() -> relays.stream()
                            .allMatch(relay ->
                                    Actuator.of(relay).asOperator().partitions().size() == 1));

            // When
            for (int n = 0; n < 2; n++) {
                for (int device = 0; device < DEVICES; device++) {
                    for (int partition = 0; partition < 2; partition++) {
                        scene.send(new org.apache.kafka.clients.producer.ProducerRecord<>(
                                scene.topic(),
                                partition,
                                null,
                                Scene.bytes("{\"id\":\"new-" + device + "\",\"n\":" + n + "}")));
                    }
                }
            }
            scene.flush();

            // Then
            await().atMost(SOON)
                    .untilAsserted(() -> devices()
                            .forEach(device -> assertThat(scene.arrived(device))
                                    .as(device)
                                    .hasSize(4)
                                    .filteredOn(n -> n == 1)
                                    .hasSize(2)));
            assertThat(scene.deadLetters()).isZero();
            Map<String, Long> created = scene.simulator().ledger().requests(Api.CREATE_DEVICE).stream()
                    .filter(request -> request.status() < 300)
                    .collect(Collectors.groupingBy(Ledger.Request::device, Collectors.counting()));
            assertThat(created).hasSize(DEVICES);
            assertThat(created.values()).containsOnly(1L);
        }
    }

    /** Nobody who is known waits for those who are not, and those are created soon after it is possible. */
    @Test
    void whileNothingCanBeCreatedKnownDevicesAreDelivered() throws Exception {
        try (Scene scene = Scene.of("new-outage", 2)) {
            // Given
            create(scene);
            scene.register("known");
            scene.start();
            send(scene, "known", 0);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.arrived("known")).containsExactly(0));
            scene.simulator()
                    .faults()
                    .inject(call -> call.api() == Api.CREATE_DEVICE, new Fault.Answer(Reply.empty(503)));

            // When
            devices().forEach(device -> send(scene, device, 0));
            Map<Integer, Duration> waited = new HashMap<>();
            Instant begin = Instant.now();
            for (int n = 1; Duration.between(begin, Instant.now()).compareTo(Duration.ofSeconds(8)) < 0; n++) {
                Instant sent = Instant.now();
                send(scene, "known", n);
                int expected = n + 1;
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> scene.arrived("known").size() == expected);
                waited.put(n, Duration.between(sent, Instant.now()));
            }
            assertThat(scene.simulator().devices()).hasSize(1);
            scene.simulator().faults().clear();
            Instant cured = Instant.now();

            // Then
            await().atMost(SOON)
                    .untilAsserted(() -> devices()
                            .forEach(device ->
                                    assertThat(scene.arrived(device)).as(device).containsExactly(0)));
            System.out.println("40 new devices after 8 s without creation: all delivered "
                    + Duration.between(cured, Instant.now()) + " after it was possible again");
            assertThat(waited.values())
                    .isNotEmpty()
                    .allSatisfy(wait -> assertThat(wait).isLessThan(Duration.ofSeconds(5)));
            assertThat(DeadLetter.all(scene.kafka(), scene.topic() + ".dlt")).isEmpty();
        }
    }

    private static List<String> devices() {
        return IntStream.range(0, DEVICES).mapToObj(n -> "new-" + n).toList();
    }

    private static void send(Scene scene, String device, int n) {
        scene.send(device, "{\"id\":\"" + device + "\",\"n\":" + n + "}");
        scene.flush();
    }

    /** The application side with its defaults; only its address, its key, and what the route creates. */
    private static void create(Scene scene) {
        ApplicationAccess access = ApplicationAccess.SAMPLE;
        scene.simulator()
                .registerProduct("{\"product_id\":\"" + PRODUCT
                        + "\",\"service_capabilities\":[{\"service_id\":\"S\",\"service_type\":\"S\",\"properties\":["
                        + "{\"property_name\":\"n\",\"data_type\":\"int\",\"method\":\"R\"}]}]}");
        scene.relays()
                .without("relay.devices.file")
                .with("relay.devices.platform", "true")
                .with("relay.platform.endpoint", scene.simulator().endpoint())
                .with("relay.platform.region", access.region())
                .with("relay.platform.project-id", access.projectId())
                .with("relay.platform.access-key", access.accessKey())
                .with("relay.platform.secret-key", access.secretKey())
                .with("relay.platform.ssl-bundle", "iotda")
                .with("relay.routes[0].device-id", "/id")
                .with("relay.routes[0].provision.ids", "new-[0-9]+")
                .with("relay.routes[0].provision.product-id", PRODUCT);
    }
}
