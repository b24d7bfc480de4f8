package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The simulator's jar that the build has just made: what is in it, and what it does. */
class SimulatorJarIT {

    @TempDir
    private Path folder;

    @Test
    void holdsTheSimulatorAndItsFewLibraries() throws IOException {
        try (JarFile jar = new JarFile(SimulatorProgram.JAR.toFile())) {
            List<String> names = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();

            assertThat(names)
                    .filteredOn(name -> name.endsWith(".class"))
                    .allMatch(name -> name.startsWith("BOOT-INF/classes/io/iotdarelay/simulator/")
                            || name.startsWith("org/springframework/boot/loader/"))
                    .noneMatch(name -> name.matches(".*(Test|IT|PlainClient|Impostor)\\.class"));
            assertThat(names)
                    .filteredOn(name -> name.endsWith(".jar"))
                    .hasSizeBetween(15, 25)
                    .allMatch(name ->
                            name.matches("BOOT-INF/lib/(netty|reactor|reactive-streams|jackson)-[a-z0-9-]+.*\\.jar"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Start-Class"))
                    .isEqualTo("io.iotdarelay.simulator.SimulatorMain");
        }
    }

    @Test
    void servesBothSidesAndShowsItsLedger() throws IOException {
        // Given
        Path products = Files.writeString(
                folder.resolve("products.json"), "{\"product_id\":\"meters\",\"service_capabilities\":[]}");
        Path devices = Files.writeString(
                folder.resolve("devices.csv"),
                "device_id,secret,gateway_id,product_id\nmeter-1,\"12345678\",,meters\nchild-1,,meter-1,\n");
        Path secretKey = Files.writeString(folder.resolve("sk"), "another-secret-key\n");
        Path errors = folder.resolve("errors");
        try (SimulatorProgram program = SimulatorProgram.start(
                errors,
                List.of(
                        "--products=" + products,
                        "--register=" + devices,
                        "--devices=1",
                        "--ca=" + folder.resolve("ca.pem"),
                        "--directory=" + folder.resolve("out.csv"),
                        "--access-key=ANOTHERACCESSKEY",
                        "--secret-key-file=" + secretKey,
                        "--ledger=full",
                        "--fault=fault=lost-answer,api=CREATE_DEVICE,times=1"))) {
            String authority = Files.readString(folder.resolve("ca.pem"), StandardCharsets.US_ASCII);
            PlainClient device = new PlainClient(program.endpoint(), authority);
            ApplicationClient application = new ApplicationClient(
                    program.endpoint(),
                    device,
                    ApplicationAccess.SAMPLE.withKey("ANOTHERACCESSKEY", "another-secret-key"),
                    Clock.systemUTC());

            // When
            String token = device.token("device-0", "secret-of-device-0");
            device.post(
                    "/v5/devices/device-0/sys/properties/report",
                    token,
                    "{\"services\":[{\"service_id\":\"S\",\"properties\":{\"v\":1}}]}");
            String creation = "{\"node_id\":\"n\",\"device_id\":\"n\",\"product_id\":\"meters\"}";
            assertThat(failsToAnswer(application, creation)).isTrue();

            // Then
            assertThat(application.post("/devices", creation).body()).contains("IOTDA.014031");
            assertThat(device.token("meter-1", "12345678")).isNotEmpty();
            assertThat(application.json("/devices/child-1").path("gateway_id").asString())
                    .isEqualTo("meter-1");
            assertThat(application
                            .json("/devices/device-0/shadow")
                            .at("/shadow/0/reported/properties/v")
                            .asInt())
                    .isEqualTo(1);
            assertThat(program.ledger("/accepted?device=device-0").path("accepted"))
                    .hasSize(1);
            JsonNode answers = program.ledger("").path("answers");
            assertThat(answers.path("CREATE_DEVICE 201").asInt()).isEqualTo(1);
            assertThat(answers.path("CREATE_DEVICE 400 IOTDA.014031").asInt()).isEqualTo(1);
            assertThat(program.get("/ledger/requests"))
                    .doesNotContain(token, "another-secret-key", "12345678", "secret-of");
            assertThat(folder.resolve("out.csv"))
                    .hasContent("device_id,secret,gateway_id\ndevice-0,secret-of-device-0,");
            assertThat(errors).isEmptyFile();
        }
    }

    @Test
    void fetchesTheAuthorityOfAnother() throws Exception {
        try (SimulatorProgram program = SimulatorProgram.start(folder.resolve("errors"), List.of())) {
            Path file = folder.resolve("fetched.pem");
            Process fetch = SimulatorProgram.command(
                            List.of("--fetch-ca=" + program.control() + "/ca.pem", "--ca=" + file))
                    .start();

            await().until(() -> !fetch.isAlive());

            assertThat(fetch.exitValue()).isZero();
            assertThat(file).hasContent(program.get("/ca.pem"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--prot=8443, 2, not understood: --prot=8443",
        "--products=/no/such/file, 2, --products: /no/such/file cannot be read: it does not exist",
        "--ca=/no/such/folder/ca.pem, 1, a file cannot be written: /no/such/folder/ca.pem: it does not exist",
    })
    void saysWhyItDoesNotStart(String argument, int exitCode, String reason) throws Exception {
        Process process = SimulatorProgram.command(List.of(argument)).start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exitCode);
        assertThat(process.errorReader(StandardCharsets.UTF_8).lines()).containsExactly(reason);
    }

    private static boolean failsToAnswer(ApplicationClient application, String creation) {
        try {
            application.post("/devices", creation);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
