package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * A product, a topic and no directory: the configuration that the page on the application side shows for that is enough, as it stands
 * there. Only addresses and the files of the key are others here.
 */
@ExtendWith(OutputCaptureExtension.class)
class TenLinesAreEnoughIT {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Pattern EXAMPLE = Pattern.compile("## Creating devices\n.*?```yaml\n(.*?)```", Pattern.DOTALL);
    private static final String TOPIC = "ten-lines.meters";
    private static final int METERS = 20;

    @Test
    void createsDevicesAndDeliversFirstDryThenReally(CapturedOutput output) throws Exception {
        String page = example();
        assertThat(page.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(12);
        try (Scene scene = Scene.of("ten-lines", 1)) {
            // Given
            scene.kafka().createTopic(TOPIC, 2);
            scene.simulator()
                    .registerProduct("{\"product_id\":\"5ba24f5ebbe8f56f5a14f605\",\"service_capabilities\":[{"
                            + "\"service_id\":\"Meter\",\"service_type\":\"Meter\",\"properties\":[{"
                            + "\"property_name\":\"temperature\",\"data_type\":\"decimal\",\"method\":\"R\"}]}]}");
            onlyWhatTheTestNeeds(scene);
            send(scene, 0);

            // When it only says what it would do
            scene.relays().withYaml(here(scene, page));
            try (var dry = scene.relays().start()) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(output.getAll())
                                .containsPattern("would be created on the platform \\(dry-run\\).*meter-000000"));
                assertThat(Actuator.of(dry).status("liveness")).isEqualTo("UP");
            }

            // Then nothing was created
            assertThat(scene.simulator().devices()).isEmpty();
            assertThat(scene.simulator().ledger().requests(Api.CREATE_DEVICE)).isEmpty();

            // When it may
            scene.relays().withYaml(here(scene, page.replace(", dry-run: true", "")));
            scene.start();
            send(scene, 1);

            // Then devices are there, and what they report arrives
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(scene.simulator().devices()).hasSize(METERS));
            for (int meter = 0; meter < METERS; meter++) {
                String device = meter(meter);
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(
                                        scene.simulator().ledger().accepted(device))
                                .as(device)
                                .extracting(report ->
                                        report.content().path("temperature").asDouble())
                                .endsWith(21.5));
            }
            assertThat(scene.simulator().device("stranger")).isEmpty();
            assertThat(scene.simulator().ledger().accepted("stranger")).isEmpty();
        }
    }

    private static String example() {
        Matcher found = EXAMPLE.matcher(Yaml.text(Path.of("docs/platform.md")));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    /** The example with the addresses, the project and the key of the simulator. */
    private static String here(Scene scene, String example) throws IOException {
        ApplicationAccess access = ApplicationAccess.SAMPLE;
        Path key = Files.writeString(scene.relays().directory().resolve("access-key"), access.accessKey());
        Path secret = Files.writeString(scene.relays().directory().resolve("secret-key"), access.secretKey());
        String text = example;
        for (String[] change : List.of(
                new String[] {"kafka-1:9092", scene.kafka().bootstrapServers()},
                new String[] {"telemetry.meters", TOPIC},
                new String[] {
                    "https://PREFIX.st1.iotda-device.cn-north-4.myhuaweicloud.com",
                    scene.simulator().endpoint()
                },
                new String[] {
                    "https://PREFIX.st1.iotda-app.cn-north-4.myhuaweicloud.com",
                    scene.simulator().endpoint()
                },
                new String[] {"cn-north-4", access.region()},
                new String[] {"0a1b2c3d4e5f60718293a4b5c6d7e8f9", access.projectId()},
                new String[] {"/etc/key/access-key", key.toString()},
                new String[] {"/etc/key/secret-key", secret.toString()})) {
            assertThat(text).contains(change[0]);
            text = text.replace(change[0], change[1]);
        }
        return text;
    }

    /** A port that is free, an authority that nobody else trusts, and a group and a topic of dead letters of its own. */
    private static void onlyWhatTheTestNeeds(Scene scene) {
        List<String> kept = List.of(
                "server.port",
                "spring.ssl.bundle.pem.iotda.truststore.certificate",
                "relay.iotda.ssl-bundle",
                "spring.kafka.consumer.group-id",
                "relay.dead-letter.topic",
                "logging.level.io.iotdarelay",
                "spring.security.user.name",
                "spring.security.user.password");
        List<String> others = new ArrayList<>();
        for (String argument : scene.relays().arguments()) {
            String name = argument.substring(2, argument.indexOf('='));
            if (!kept.contains(name)) {
                others.add(name);
            }
        }
        others.forEach(scene.relays()::without);
        scene.relays().with("relay.platform.ssl-bundle", "iotda");
    }

    private static String meter(int number) {
        return "meter-%06d".formatted(number);
    }

    private static void send(Scene scene, int round) {
        for (int meter = 0; meter < METERS; meter++) {
            String value = "{\"serial\":\"" + meter(meter) + "\",\"temp\":" + (20.5 + round) + "}";
            scene.send(new ProducerRecord<>(TOPIC, Scene.bytes(meter(meter)), Scene.bytes(value)));
        }
        scene.send(new ProducerRecord<>(TOPIC, Scene.bytes("x"), Scene.bytes("{\"serial\":\"stranger\",\"temp\":1}")));
        scene.flush();
    }
}
