package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalProxy;
import io.iotdarelay.testing.MountedSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.blockhound.BlockHound;
import reactor.netty.resources.LoopResources;

/** No event loop of the relay is ever blocked, whatever happens to its requests. */
@Isolated
class NothingBlocksIT {

    private static final List<String> BLOCKED = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void watch() {
        BlockHound.install(builder -> builder.blockingMethodCallback(method -> {
            Thread thread = Thread.currentThread();
            if (thread.getName().startsWith("relay-")) {
                BLOCKED.add(method + " on " + thread.getName() + " from " + stack());
            }
        }));
    }

    private static String stack() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(3).limit(25).toList().toString());
    }

    @Test
    void noticesAThreadThatBlocks() {
        LoopResources loops = LoopResources.create("relay-probe", 1, true);
        try {
            int before = BLOCKED.size();
            loops.onClient(true).next().execute(() -> {
                synchronized (this) {
                    try {
                        Thread.sleep(1); // what the relay must never do
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            await().atMost(Duration.ofSeconds(5)).until(() -> BLOCKED.size() > before);
            BLOCKED.removeIf(found -> found.contains("relay-probe"));
        } finally {
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
        }
    }

    @Test
    void blocksNoEventLoopInFairWeatherOrFoul() throws Exception {
        try (Scene scene = Scene.of("blocking", 3)) {
            // Given
            scene.simulator().register(SimulatedDevice.direct("bad", "secret-of-bad"));
            Fleet fleet = scene.fleet(50);
            scene.simulator().register(SimulatedDevice.direct("bad", "another-secret"));
            scene.relays()
                    .with("relay.iotda.response-timeout", "500ms")
                    .with("relay.quota.messages-per-second", "500")
                    .with("management.opentelemetry.tracing.export.otlp.endpoint", "http://127.0.0.1:9/v1/traces")
                    .with("management.opentelemetry.tracing.export.schedule-delay", "100ms")
                    .with("management.tracing.sampling.probability", "1");
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay);

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.send("bad", "{\"n\":1}");
            scene.send("nobody", "{\"n\":1}");
            scene.send("x", "no json");
            scene.flush();
            scene.settled(fleet, Duration.ofSeconds(30));
            weather(scene, fleet, new Fault.Answer(Reply.html(503)));
            weather(scene, fleet, new Fault.Silence());
            weather(scene, fleet, new Fault.Reset());
            weather(scene, fleet, new Fault.Answer(Reply.error(403, "IOTDA.021102", "limit")));
            scene.simulator().revokeAllTokens();
            scene.relays().withDevicesOfSimulator();
            weather(scene, fleet, new Fault.Delay(Duration.ofMillis(1), Duration.ofMillis(50)));
            assertThat(actuator.get("/health").statusCode()).isEqualTo(200);
            assertThat(actuator.get("/prometheus").statusCode()).isEqualTo(200);
            relay.close();

            // Then
            assertThat(BLOCKED).isEmpty();
        }
    }

    /** Its credentials are read from files, and its name is resolved, for each connection. */
    @Test
    void blocksNoEventLoopBehindAProxy(@TempDir Path directory) throws Exception {
        MountedSecret secret = new MountedSecret(directory.resolve("proxy"));
        secret.write(Map.of("username", "relay", "password", "first"));
        try (LocalProxy proxy = LocalProxy.start(LocalProxy.Kind.HTTP, "relay", "first");
                Scene scene = Scene.of("blocking-proxied", 3)) {
            // Given
            Fleet fleet = scene.fleet(50);
            scene.relays()
                    .with("relay.iotda.connection-max-age", "1s")
                    .with("relay.iotda.proxy.host", "localhost")
                    .with("relay.iotda.proxy.port", Integer.toString(proxy.port()))
                    .with("relay.iotda.proxy.username-file", secret.location("username"))
                    .with("relay.iotda.proxy.password-file", secret.location("password"));
            ConfigurableApplicationContext relay = scene.start();

            // When
            fleet.produceForEach(scene.producer(), scene.topic(), 5);
            scene.settled(fleet, Duration.ofSeconds(30));
            proxy.demand("relay", "second");
            fleet.produceForEach(scene.producer(), scene.topic(), 1);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Actuator.of(relay).status("iotda").equals("DOWN"));
            secret.write(Map.of("username", "relay", "password", "second"));
            scene.settled(fleet, Duration.ofSeconds(60));
            relay.close();

            // Then
            assertThat(BLOCKED).isEmpty();
        }
    }

    private static void weather(Scene scene, Fleet fleet, Fault fault) {
        scene.simulator().faults().injectNext(40, Faults.reports(), fault);
        fleet.produceForEach(scene.producer(), scene.topic(), 3);
        scene.settled(fleet, Duration.ofSeconds(60));
    }
}
