package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.CommandRun;
import io.iotdarelay.RelayApplication;
import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.ApplicationAccess;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.RelayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The commands for devices and products, against the platform: what they begin, they can end, whatever goes wrong meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
class DevicesAreManagedIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int DEVICES = 1000;

    /** To measure the time at another rate, without faults, with {@code -Dregister.rate=20}. */
    private static final int MEASURED = Integer.getInteger("register.rate", 0);

    private static final int RATE = MEASURED == 0 ? 250 : MEASURED;

    private static final String PRODUCT = """
            {"product_id":"pump","name":"pump","device_type":"pump","protocol_type":"HTTPS","data_format":"json",
             "service_capabilities":[{"service_id":"S","service_type":"S","properties":[
               {"property_name":"n","data_type":"int","required":false,"min":"0","max":"100000","method":"R"}]}]}""";

    @TempDir
    private Path folder;

    @Test
    void registersAThousandDevicesWhateverGoesWrong() throws IOException {
        try (Simulator simulator = platform()) {
            // Given
            if (MEASURED == 0) {
                simulator.faults().injectNext(5, Faults.api(Api.CREATE_DEVICE), new Fault.ResetAfterProcessing());
                simulator.faults().injectNext(3, Faults.api(Api.CREATE_DEVICE), new Fault.Throttle(1, true));
            }
            Path list = list(DEVICES);

            // When
            long begin = System.nanoTime();
            CompletableFuture<CommandRun> running = CompletableFuture.supplyAsync(
                    () -> run(simulator, "devices", "register", list.toString(), "--out=" + out(), "--rate=" + RATE));
            await().atMost(SOON.multipliedBy(2)).until(() -> simulator.devices().size() > DEVICES / 3);
            if (MEASURED == 0) {
                simulator.refuseConnections();
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true); // calls fail meanwhile
                simulator.acceptConnections();
            }
            CommandRun run = running.join();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);

            // Then
            System.out.println("registered " + DEVICES + " devices at " + RATE + "/s in " + took + ": "
                    + run.lines().getLast());
            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(run.out()).contains("created 1000,");
            assertThat(simulator.devices()).hasSize(DEVICES);
            assertThat(created(simulator).values()).as("made once each").containsOnly(1L);
            Map<String, String> secrets = simulator.devices().stream()
                    .collect(Collectors.toMap(SimulatedDevice::id, SimulatedDevice::secret));
            assertThat(Files.readAllLines(out()))
                    .hasSize(DEVICES + 1)
                    .allSatisfy(line -> assertThat(line)
                            .matches(row -> row.startsWith("device_id,")
                                    || row.equals(row.split(",", -1)[0] + "," + secret(secrets, row) + gateway(row)
                                            + ",pump,,")));
            assertThat(secrets.values())
                    .noneMatch(secret -> run.out().contains(secret) || run.err().contains(secret));

            // And
            assertThat(compare(simulator).exitCode()).isZero();
            simulator.delete("d-7");
            simulator.freeze("d-8");
            simulator.register(
                    SimulatedDevice.direct("stranger", "strangers-secret").ofProduct("pump"));
            CommandRun changed = compare(simulator);
            assertThat(changed.exitCode()).isEqualTo(1);
            assertThat(changed.lines())
                    .contains("missing-there  d-7", "frozen         d-8", "missing-here   stranger  product pump");
            CommandRun pulled = run(simulator, "products", "pull", "pump", "--to=" + folder);
            assertThat(pulled.exitCode()).as(pulled.out()).isZero();
            assertThat(folder.resolve("pump.json")).content().contains("100000");
        }
    }

    @Test
    void continuesAfterItWasKilled() throws Exception {
        try (Simulator simulator = platform()) {
            Path list = list(400);
            String[] arguments =
                    arguments(simulator, "devices", "register", list.toString(), "--out=" + out(), "--rate=100");
            try (RelayProcess process = RelayProcess.start(RelayApplication.class, RelayProcess.SMALL, arguments)) {
                await().atMost(SOON).until(() -> simulator.devices().size() > 130 || !process.isAlive());
                process.kill();
            }
            assertThat(simulator.devices().size()).isBetween(100, 399);

            CommandRun run = run(simulator, "devices", "register", list.toString(), "--out=" + out(), "--rate=500");

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(simulator.ledger().requests(Api.CREATE_DEVICE))
                    .as("nothing was asked for twice")
                    .extracting(Ledger.Request::device)
                    .hasSize(400)
                    .doesNotHaveDuplicates();
            assertThat(compare(simulator).exitCode()).isZero();
        }
    }

    @Test
    void rotatesWhileRecordsAreDelivered() throws Exception {
        try (Scene scene = Scene.of("rotated-live", 2)) {
            // Given
            Fleet fleet = scene.fleet(30);
            scene.start();
            fleet.produceForEach(scene.producer(), scene.topic(), 2);
            scene.awaitEachOnce(fleet, SOON);

            // When
            String[] arguments = Stream.of(
                            new String[] {"devices", "rotate", "--all", "--wait=4", "--rate=50"},
                            scene.relays().arguments(),
                            access(scene.simulator()))
                    .flatMap(Stream::of)
                    .toArray(String[]::new);
            CompletableFuture<CommandRun> running = CompletableFuture.supplyAsync(() -> CommandRun.of(arguments));
            int rounds = 0;
            while (!running.isDone()) {
                if (rounds++ % 5
                        == 0) { // also before the relay has read the directory, and before the former secrets end
                    scene.simulator().revokeAllTokens();
                }
                fleet.produceForEach(scene.producer(), scene.topic(), 1);
                await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            }
            CommandRun run = running.join();
            scene.simulator().revokeAllTokens();
            fleet.produceForEach(scene.producer(), scene.topic(), 3);

            // Then
            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            Scene.assertDeliveredInOrder(scene.settled(fleet, SOON));
            assertThat(scene.deadLetters()).isZero();
            assertThat(scene.simulator().devices()).allSatisfy(device -> {
                assertThat(device.secret()).isNotEqualTo(Fleet.secretOf(device.id()));
                assertThat(device.secondarySecret()).isEqualTo(device.secret());
            });
        }
    }

    @Test
    void rotatesADirectoryInATopic() throws Exception {
        try (Scene scene = Scene.of("rotated-in-topic", 1)) {
            scene.kafka().createTopic("rotated.devices", 1, "cleanup.policy=compact");
            scene.simulator().register(SimulatedDevice.direct("a", "secret-of-a"));
            scene.send(new ProducerRecord<>(
                    "rotated.devices",
                    Scene.bytes("a"),
                    Scene.bytes("{\"secret\":\"secret-of-a\",\"note\":{\"x\":1}}")));
            scene.flush();
            scene.relays().without("relay.devices.file").with("relay.devices.topic", "rotated.devices");

            CommandRun run = CommandRun.of(Stream.of(
                            new String[] {"devices", "rotate", "a", "--wait=0", "--notes=" + folder.resolve("notes")},
                            scene.relays().arguments(),
                            access(scene.simulator()))
                    .flatMap(Stream::of)
                    .toArray(String[]::new));

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            String secret = scene.simulator().device("a").orElseThrow().secret();
            assertThat(secret).isNotEqualTo("secret-of-a");
            assertThat(scene.kafka().records("rotated.devices").getLast().value())
                    .asString()
                    .isEqualTo("{\"secret\":\"" + secret + "\",\"note\":{\"x\":1}}");
        }
    }

    private static Simulator platform() {
        Simulator simulator = Simulator.start(new SimulatorOptions());
        simulator.registerProduct(PRODUCT);
        return simulator;
    }

    /** A tenth of them are gateways, at the end of the list, and as many are behind them. */
    private Path list(int count) throws IOException {
        List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id,product_id"));
        IntStream.range(0, count)
                .mapToObj(i -> i < count / 10 ? "d-" + i + ",,d-" + (count - 1 - i) + ",pump" : "d-" + i + ",,,pump")
                .forEach(lines::add);
        return Files.write(folder.resolve("list.csv"), lines);
    }

    private static String secret(Map<String, String> secrets, String row) {
        return gateway(row).equals(",") ? String.valueOf(secrets.get(row.split(",", -1)[0])) : "";
    }

    private static String gateway(String row) {
        return "," + row.split(",", -1)[2];
    }

    private static Map<String, Long> created(Simulator simulator) {
        return simulator.ledger().requests(Api.CREATE_DEVICE).stream()
                .filter(request -> request.processed() && (request.status() == 201 || request.status() == 0))
                .collect(Collectors.groupingBy(Ledger.Request::device, Collectors.counting()));
    }

    private Path out() {
        return folder.resolve("devices.csv");
    }

    private CommandRun compare(Simulator simulator) {
        return run(
                simulator, "devices", "compare", "--secrets", "--rate=1000", "--relay.devices.file=" + out().toUri());
    }

    private CommandRun run(Simulator simulator, String... command) {
        return CommandRun.of(arguments(simulator, command));
    }

    private String[] arguments(Simulator simulator, String... command) {
        try {
            Path authority = Files.writeString(folder.resolve("ca.pem"), simulator.certificateAuthority());
            return Stream.of(
                            command,
                            new String[] {"--spring.ssl.bundle.pem.iotda.truststore.certificate=" + authority.toUri()},
                            access(simulator))
                    .flatMap(Stream::of)
                    .toArray(String[]::new);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String[] access(Simulator simulator) {
        ApplicationAccess access = simulator.application().access();
        return new String[] {
            "--relay.platform.endpoint=" + simulator.endpoint(),
            "--relay.platform.region=" + access.region(),
            "--relay.platform.project-id=" + access.projectId(),
            "--relay.platform.access-key=" + access.accessKey(),
            "--relay.platform.secret-key=" + access.secretKey(),
            "--relay.platform.ssl-bundle=iotda"
        };
    }
}
