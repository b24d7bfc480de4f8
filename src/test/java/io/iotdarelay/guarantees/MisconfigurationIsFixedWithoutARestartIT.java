package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Impostor;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/**
 * The address becomes wrong while the relay runs: no more data is sent to the server there, health shows the reason, one request
 * probes every 30 seconds, and when the mistake is fixed everything continues.
 *
 * <p>Because of the 30 seconds all episodes run at once; each test waits for the end of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
class MisconfigurationIsFixedWithoutARestartIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration AFTER_A_PROBE = Duration.ofSeconds(60);

    private static final int DEVICES = 50;

    /** For this long no further request may be seen. */
    private static final Duration QUIET = Duration.ofSeconds(5);

    private static final int PARTITIONS = 2;

    /** Where redirects lead to; it counts whoever follows, in the clear or with a TLS hello. */
    private static final Impostor ELSEWHERE = Impostor.inTheClear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    private static final ExecutorService EPISODES = Executors.newVirtualThreadPerTaskExecutor();
    private static final Map<String, Future<Long>> REQUESTS_MEANWHILE = new ConcurrentHashMap<>();

    @BeforeAll
    static void begin() {
        episode("untrusted", Simulator::presentUntrustedCertificate, "did not prove");
        episode("other-host", Simulator::presentCertificateOfAnotherHost, "did not prove");
        episode("404", simulator -> answer(simulator, Reply.html(404)), "404");
        String address = ELSEWHERE.endpoint();
        episode("302", simulator -> answer(simulator, Reply.empty(302).with("Location", address + "/x")), "302");
        episode(
                "307",
                simulator ->
                        answer(simulator, Reply.empty(307).with("Location", address.replace("https:", "http:") + "/x")),
                "307");
    }

    private static void answer(Simulator simulator, Reply reply) {
        simulator.faults().inject(new Fault.Answer(reply));
    }

    private static void episode(String name, Consumer<Simulator> mistake, String told) {
        Callable<Long> episode = () -> run(name, mistake, told);
        REQUESTS_MEANWHILE.put(name, EPISODES.submit(episode));
    }

    @AfterAll
    static void end() {
        EPISODES.shutdownNow();
        ELSEWHERE.close();
    }

    @Test
    void certificateThatIsNotTrusted() throws Exception {
        assertThat(requestsDuring("untrusted")).isZero();
    }

    @Test
    void certificateOfAnotherHost() throws Exception {
        assertThat(requestsDuring("other-host")).isZero();
    }

    @Test
    void notFound() throws Exception {
        // One of each device, and a probe or two where this takes long.
        assertThat(requestsDuring("404")).isBetween(1L, DEVICES + 2L);
    }

    @Test
    void redirectIsNotFollowed() throws Exception {
        for (String status : List.of("302", "307")) {
            assertThat(requestsDuring(status)).isBetween(1L, DEVICES + 2L);
        }
        assertThat(ELSEWHERE.requests()).isZero();
    }

    private static long requestsDuring(String episode) throws Exception {
        try {
            return Objects.requireNonNull(REQUESTS_MEANWHILE.get(episode)).get();
        } catch (ExecutionException e) {
            throw new AssertionError("episode " + episode, e.getCause());
        }
    }

    /** Returns how many requests the server saw while the mistake lasted: at most those sent before its first response. */
    private static long run(String name, Consumer<Simulator> mistake, String told) throws Exception {
        try (Scene scene = Scene.of("mended-" + name, PARTITIONS)) {
            // Given
            Fleet fleet = scene.fleet(DEVICES);
            Actuator actuator = Actuator.of(scene.start());
            fleet.produceForEach(scene.producer(), scene.topic(), 2);
            Audit before = scene.settled(fleet, SOON);
            assertThat(before.isComplete()).isTrue();

            // When
            mistake.accept(scene.simulator());
            long requests = scene.simulator().ledger().requestCount();
            fleet.produceForEach(scene.producer(), scene.topic(), 3);
            await().atMost(SOON).until(() -> actuator.status("iotda").equals("DOWN"));
            await().atMost(SOON).until(() -> actuator.pausedPartitions("misconfigured") == PARTITIONS);
            JsonNode health = actuator.asOperator().json("/health/iotda").path("details");
            assertThat(health.path("reason").asString()).contains(told);
            assertThat(actuator.status("readiness")).isEqualTo("OUT_OF_SERVICE");
            assertThat(actuator.status("liveness")).isEqualTo("UP");
            long quietUntil = System.nanoTime() + QUIET.toNanos();
            await().atMost(SOON).until(() -> System.nanoTime() > quietUntil);
            long meanwhile = scene.simulator().ledger().requestCount() - requests;
            assertThat(scene.simulator().ledger().acceptedCount()).isEqualTo(2 * DEVICES);
            scene.simulator().faults().clear();
            scene.simulator().presentValidCertificate();
            Audit audit = scene.settled(fleet, AFTER_A_PROBE);

            // Then
            Scene.assertDeliveredOnce(audit);
            assertThat(scene.deadLetters()).isZero();
            await().atMost(SOON).until(() -> actuator.status("iotda").equals("UP"));
            await().atMost(SOON).until(() -> actuator.status("readiness").equals("UP"));
            return meanwhile;
        }
    }
}
