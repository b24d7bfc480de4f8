package io.iotdarelay.guarantees;

import static io.iotdarelay.testing.RelayContainer.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.supply.Sbom;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Dice;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.Memory;
import io.iotdarelay.testing.RelayContainer;
import io.iotdarelay.testing.Tool;
import io.iotdarelay.testing.Yaml;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The image keeps the promises too, in a container as a hardened cluster makes it: an unknown user, nothing writable, no
 * capabilities, one CPU and 512 MiB. Needs Docker, and the image's name in the system property {@code image}; {@code .ci/image} has both.
 * {@code image.former} may name another one, of a former version, for what happens when one is replaced by the other. With
 * {@code image.patience=10} everything may take ten times as long, as it does where the processor is emulated.
 */
@EnabledIfSystemProperty(named = "image", matches = ".+", disabledReason = "no image to test: see .ci/image")
class ImageIT {

    private static final String IMAGE = System.getProperty("image", "");
    private static final String FORMER = System.getProperty("image.former", IMAGE);
    private static final int PATIENCE = Integer.getInteger("image.patience", 1);
    private static final Duration GRACE = patient(Duration.ofSeconds(30));
    private static final int RECORDS = 60_000 / PATIENCE;
    private static final long MB = 1_000_000;

    @Test
    void isSmallAndNamesItselfAndHasNoShell() {
        // When
        long size = Long.parseLong(docker("image", "inspect", "--format", "{{.Size}}", IMAGE));
        String user = docker("image", "inspect", "--format", "{{.Config.User}}", IMAGE);
        String labels = docker("image", "inspect", "--format", "{{json .Config.Labels}}", IMAGE);
        Tool.Output shell = Tool.DOCKER.run("run", "--rm", "--entrypoint", "/bin/sh", IMAGE);
        Tool.Output modules =
                Tool.DOCKER.run("run", "--rm", "--entrypoint", "/opt/java/bin/java", IMAGE, "--list-modules");

        // Then
        System.out.printf("image: %d MB%n", size / MB);
        assertThat(size).isLessThan(255 * MB);
        assertThat(user).isEqualTo("65532:65532");
        assertThat(labels)
                .contains(
                        "org.opencontainers.image.title",
                        "org.opencontainers.image.description",
                        "org.opencontainers.image.licenses\":\"Apache-2.0",
                        "org.opencontainers.image.version",
                        "org.opencontainers.image.revision",
                        "org.opencontainers.image.created");
        assertThat(shell.exitCode()).isNotZero();
        assertThat(modules.text()).contains("jdk.jcmd@25", "java.security.jgss@25");
    }

    /** Memory holds the secret of every device. */
    @Test
    void dumpsNoCoreAndLetsNobodyAttach() {
        Tool.Output flags = Tool.DOCKER.run(
                "run",
                "--rm",
                "--entrypoint",
                "/opt/java/bin/java",
                IMAGE,
                "@/app/java.options",
                "-XX:+PrintFlagsFinal",
                "-version");

        assertThat(flags.text())
                .containsPattern(" CreateCoredumpOnCrash +:?= false")
                .containsPattern(" DisableAttachMechanism +:?= true");
    }

    /** With {@code AOTMode=on} a JVM does not start at all where the cache does not fit. */
    @Test
    void usesItsCacheAndIsReadySoon() throws Exception {
        try (Scene scene = scene("image-start", 1)) {
            scene.fleet(1);
            long start = System.nanoTime();
            try (RelayContainer relay = RelayContainer.start(
                    IMAGE, scene.relays(), List.of("--env", "JAVA_TOOL_OPTIONS=-XX:AOTMode=on -Xlog:aot=info"))) {
                // When
                awaitReady(relay);

                // Then
                System.out.printf(
                        "image: ready %d ms after 'docker run', %d MiB resident%n",
                        Duration.ofNanos(System.nanoTime() - start).toMillis(), Memory.peak(relay.handle()));
                System.out.println(relay.output()
                        .lines()
                        .filter(line -> line.contains("Started"))
                        .toList());
                assertThat(relay.output()).doesNotContain("WARN");
            }
        }
    }

    /** What Kafka's clients compress with is native code, which usually unpacks itself to a place that can be written. */
    @Test
    void readsEveryCompressionAndWritesDeadLettersWithNothingWritable() throws Exception {
        try (Scene scene = scene("image-codecs", 1)) {
            // Given
            Map<String, Fleet> fleets = new TreeMap<>();
            for (String codec : List.of("gzip", "lz4", "snappy", "zstd")) {
                String topic = scene.topic() + "." + codec;
                scene.kafka().createTopic(topic, 1, "compression.type=" + codec);
                scene.relays().with("relay.routes[0].topics[" + (fleets.size() + 1) + "]", topic);
                fleets.put(codec, Fleet.of(scene.simulator(), codec, 2));
            }
            scene.relays().withDevicesOfSimulator();
            fleets.forEach((codec, fleet) -> fleet.produceForEach(scene.producer(), scene.topic() + "." + codec, 50));
            scene.send("zstd-0", "broken");
            scene.flush();

            // When
            try (RelayContainer relay = RelayContainer.start(IMAGE, scene.relays(), List.of())) {
                fleets.forEach((codec, fleet) -> scene.awaitEachOnce(fleet, patient(Duration.ofSeconds(60))));
                await().atMost(patient(Duration.ofSeconds(30))).until(() -> scene.deadLetters() == 1);

                // Then
                assertThat(relay.stop(GRACE)).as(relay.output()).isZero();
                assertThat(relay.output()).doesNotContain("UnsatisfiedLink", " ERROR ");
            }
        }
    }

    /** What it lists is what lies in it. */
    @Test
    void listsWhatItIsMadeOf(@TempDir Path directory) throws Exception {
        // Given
        String container = docker("create", IMAGE);
        try {
            docker("cp", container + ":/app", directory.toString());
        } finally {
            docker("rm", container);
        }

        // When
        Sbom sbom = Sbom.of(Yaml.text(directory.resolve("app/sbom/application.cdx.json")));
        JsonNode image = JsonMapper.shared().readTree(Yaml.text(directory.resolve("app/sbom/image.cdx.json")));

        // Then
        try (Stream<Path> held = Files.list(directory.resolve("app/lib"))) {
            assertThat(held.map(library -> library.getFileName().toString())
                            .filter(name -> !name.startsWith(Sbom.UNLISTED)))
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(sbom.files());
        }
        List<String> whole = image.path("components")
                .valueStream()
                .map(component -> component.path("type").asString() + " "
                        + component.path("purl").asString(component.path("name").asString()))
                .toList();
        assertThat(whole)
                .containsAll(sbom.components().stream()
                        .map(library -> "library " + library.purl())
                        .toList())
                .anyMatch(component -> component.matches("platform pkg:generic/openjdk@\\d+.*"))
                .anyMatch(component -> component.startsWith("operating-system "))
                .anyMatch(
                        component -> component.matches("library pkg:deb/debian/(libc6|ca-certificates|base-files)@.*"));
    }

    /** A container is replaced by the next one, as in a roll-out: nothing is lost, and nothing comes twice. */
    @Test
    void drainsWhenItIsStoppedAndHandsOver() throws Exception {
        try (Scene scene = scene("image-drain", 3)) {
            // Given
            Fleet fleet = scene.fleet(100);
            scene.relays().with("relay.source.max-in-flight-records", "200");
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(50), Duration.ofMillis(200)));
            fleet.produce(scene.producer(), scene.topic(), 40_000, Dice.roll("image"));
            try (RelayContainer first = RelayContainer.start(FORMER, scene.relays(), List.of())) {
                await().atMost(patient(Duration.ofSeconds(60)))
                        .until(() -> scene.simulator().ledger().acceptedCount() > 2000);
                try (RelayContainer second = RelayContainer.start(IMAGE, scene.relays(), List.of())) {
                    awaitReady(second);

                    // When
                    long before = System.nanoTime();
                    int exitCode = first.stop(GRACE);
                    System.out.printf(
                            "image: stopped under load after %d ms%n",
                            Duration.ofNanos(System.nanoTime() - before).toMillis());

                    // Then
                    assertThat(exitCode).as(first.output()).isZero();
                    assertThat(scene.simulator().ledger().acceptedCount()).isLessThan(40_000);
                    scene.simulator().faults().clear();
                    Audit audit = scene.settled(fleet, patient(Duration.ofSeconds(90)));
                    System.out.printf("image: from %s to %s, %s%n", FORMER, IMAGE, audit);
                    Scene.assertDeliveredOnce(audit);
                    assertThat(second.stop(GRACE)).isZero();
                }
            }
        }
    }

    @Test
    void outlastsFullLoadWithinItsMemory() throws Exception {
        try (Scene scene = scene("image-load", 6)) {
            // Given
            Fleet fleet = scene.fleet(2000);
            fleet.produce(scene.producer(), scene.topic(), RECORDS, Dice.roll("image-load"));

            // When
            try (RelayContainer relay = RelayContainer.start(IMAGE, scene.relays(), List.of())) {
                await().atMost(patient(Duration.ofSeconds(60)))
                        .until(() -> scene.simulator().ledger().acceptedCount() > 0);
                long start = System.nanoTime();
                await().atMost(patient(Duration.ofMinutes(2)))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> scene.simulator().ledger().acceptedCount() >= RECORDS || !relay.isRunning());
                double seconds = (System.nanoTime() - start) / 1e9;

                // Then
                assertThat(relay.inspect("{{.State.OOMKilled}} {{.State.Running}}"))
                        .as(relay.output())
                        .isEqualTo("false true");
                System.out.printf(
                        "image: %d records of 2000 devices in %.1f s (%.0f a second) on one CPU, %d MiB resident at"
                                + " most%n",
                        RECORDS, seconds, RECORDS / seconds, Memory.peak(relay.handle()));
                Scene.assertDeliveredOnce(scene.settled(fleet, patient(Duration.ofSeconds(60))));
            }
        }
    }

    @Test
    void endsWithOneAndAListWhenItsConfigurationIsWrong() {
        // When
        Tool.Output result =
                Tool.DOCKER.run("run", "--rm", "--read-only", IMAGE, "--relay.iotda.endpoint=http://platform.example");

        // Then
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.text())
                .contains("relay.iotda.endpoint: 'http://platform.example' must be https://", "relay.routes")
                .doesNotContain("\tat ", "Exception:");
    }

    private static void awaitReady(RelayContainer relay) {
        await().atMost(patient(Duration.ofSeconds(60)))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> isReady(relay) || !relay.isRunning());
        assertThat(relay.isRunning()).as(relay.output()).isTrue();
    }

    private static Scene scene(String name, int partitions) {
        Scene scene = Scene.of(name, partitions);
        if (PATIENCE > 1) {
            scene.relays()
                    .with(
                            "relay.iotda.connect-timeout",
                            patient(Duration.ofSeconds(5)).toString())
                    .with(
                            "relay.iotda.response-timeout",
                            patient(Duration.ofSeconds(15)).toString())
                    .with(
                            "relay.source.drain-timeout",
                            patient(Duration.ofSeconds(20)).toString());
        }
        return scene;
    }

    private static Duration patient(Duration bound) {
        return bound.multipliedBy(PATIENCE);
    }

    private static boolean isReady(RelayContainer relay) {
        try {
            return relay.actuator().get("/health/readiness").statusCode() == 200;
        } catch (UncheckedIOException notListeningYet) {
            return false;
        }
    }
}
