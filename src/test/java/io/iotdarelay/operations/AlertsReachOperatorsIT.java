package io.iotdarelay.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.operations.Monitoring.Notification;
import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Relays;
import io.iotdarelay.testing.TcpProxy;
import io.iotdarelay.testing.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Failures reach an operator, by a Prometheus that scrapes relays and an Alertmanager that calls a webhook, and what is fixed is
 * taken back. In passing the dashboards are shown what happens. Alerts are {@linkplain ShortAlerts shortened}.
 */
@Execution(ExecutionMode.CONCURRENT)
class AlertsReachOperatorsIT {

    private static final Duration SOON = Duration.ofSeconds(45);
    private static final String RUNBOOKS = "https://docs.example/operations.md";

    private static final String STEADY = "watched.steady";
    private static final String ODD = "watched.odd";
    private static final String OTHER = "watched.other";
    private static final String DEAD_LETTERS = "watched.dlt";

    /** More than the alert requires, and more than half of a route's last 20 records. */
    private static final int REFUSED = 15;

    private static final List<String> EXPECTED = List.of(
            "IotdaRelayTargetDown",
            "IotdaRelayDeadLetterNotWritable",
            "IotdaRelayPartitionStagnant",
            "IotdaRelayConfigurationError",
            "IotdaRelayQuarantineGrowing",
            "IotdaRelayRouteStopped",
            "IotdaRelayBreakerOpen");

    /** Nothing of what the test breaks explains these. */
    private static final List<String> NEVER = List.of(
            "IotdaRelayAbsent",
            "IotdaRelayDefect",
            "IotdaRelayHeapNearlyFull",
            "IotdaRelayKafkaSilent",
            "IotdaRelayNotPermitted",
            "IotdaRelayPodRestarting",
            "IotdaRelayReadsNothing",
            "IotdaRelayTokenContention");

    /** Panels that may be empty, by dashboard and title: what Kubernetes says of containers, of which there are none here. */
    private static final Set<String> MAY_BE_EMPTY = Set.of("iotda-relay-overview, Memory of the container");

    @BeforeAll
    static void findTools() {
        Stream.of(Tool.PROMETHEUS, Tool.ALERTMANAGER).forEach(Tool::path);
    }

    @Test
    void failuresAreReportedAndResolvedAndShownOnDashboards(@TempDir Path directory) throws Exception {
        LocalKafka kafka = LocalKafka.shared();
        kafka.createTopic(STEADY, 2);
        kafka.createTopic(ODD, 1);
        kafka.createTopic(OTHER, 1);
        try (Simulator platform = Simulator.start();
                Simulator wrongPlatform = Simulator.start();
                TcpProxy toOther = TcpProxy.open();
                Producer<byte[], byte[]> producer = kafka.producer();
                ScheduledExecutorService upstream = Executors.newSingleThreadScheduledExecutor()) {
            Relays relays = relays(kafka, platform);
            Relays others = Relays.of(kafka, wrongPlatform, "watched-other")
                    .withPropertiesRoute(OTHER)
                    .with("relay.dead-letter.topic", DEAD_LETTERS);
            register(wrongPlatform, "other");
            others.withDevicesOfSimulator();
            List<ConfigurableApplicationContext> running = new ArrayList<>(List.of(relays.start()));
            Actuator operator = Actuator.of(running.getFirst()).asOperator();
            try (Monitoring monitoring =
                    new Monitoring(directory, ShortAlerts.text(RUNBOOKS), List.of(operator.port(), toOther.port()))) {
                Fleet fleet = Fleet.of(platform, "healthy", 10);
                register(platform, "failing-device");
                IntStream.range(0, REFUSED).forEach(i -> register(platform, refused(i)));
                relays.withDevices(withWrongSecrets(platform));
                Future<?> unused = upstream.scheduleAtFixedRate(
                        () -> fleet.produceForEach(producer, STEADY, 1), 0, 100, TimeUnit.MILLISECONDS);

                // When
                platform.faults()
                        .inject(
                                Faults.device("failing-device").and(Faults.reports()),
                                new Fault.Answer(Reply.html(500)));
                send(producer, STEADY, "failing-device", "{\"n\":0}");
                send(producer, ODD, "healthy-0", "not json");

                // Then
                awaitReported(
                        monitoring,
                        "IotdaRelayTargetDown",
                        "IotdaRelayDeadLetterNotWritable",
                        "IotdaRelayPartitionStagnant");

                // And when
                platform.faults().clear();
                kafka.createTopic(DEAD_LETTERS, 1);
                wrongPlatform.faults().inject(new Fault.Answer(Reply.html(404)));
                send(producer, OTHER, "other", "{\"n\":0}");
                running.add(others.start());
                toOther.forwardTo(Actuator.of(running.getLast()).port());
                IntStream.range(0, REFUSED).forEach(i -> send(producer, ODD, refused(i), "{\"n\":0}"));

                // Then
                awaitReported(
                        monitoring,
                        "IotdaRelayConfigurationError",
                        "IotdaRelayQuarantineGrowing",
                        "IotdaRelayRouteStopped");

                // And when
                wrongPlatform.faults().clear();
                String before = directoryChanged(operator);
                relays.withDevicesOfSimulator();
                await().atMost(SOON).until(() -> !directoryChanged(operator).equals(before));
                assertThat(operator.post("/routes/odd", "{}").statusCode()).isEqualTo(200);
                IntStream.range(0, REFUSED).forEach(i -> send(producer, ODD, refused(i), "{\"n\":1}"));
                platform.faults().inject(Faults.reports(), new Fault.Answer(Reply.html(503)));

                // Then
                awaitReported(monitoring, "IotdaRelayBreakerOpen");

                // And when
                platform.faults().clear();

                // Then
                EXPECTED.forEach(alert ->
                        await(alert + " to be resolved").atMost(SOON).until(() -> monitoring.isResolved(alert)));
                assertThat(monitoring.notifications())
                        .extracting(Notification::alert)
                        .doesNotContainAnyElementsOf(NEVER);
                assertThat(monitoring.notifications()).allSatisfy(AlertsReachOperatorsIT::isReadable);
                upstream.shutdown();
                assertDashboardsShow(monitoring);
                assertPublished(monitoring);
            } finally {
                running.reversed().forEach(ConfigurableApplicationContext::close);
            }
        }
    }

    private static Relays relays(LocalKafka kafka, Simulator platform) {
        return Relays.of(kafka, platform, "watched")
                .withPropertiesRoute(STEADY)
                .withPropertiesRoute(1, "odd", ODD)
                .with("relay.dead-letter.topic", DEAD_LETTERS)
                .with("relay.dead-letter.share-of-last", "20")
                .withDevices(List.of("device_id,secret,gateway_id", "nobody,secret-of-nobody,"))
                .withShortBackoff();
    }

    private static void register(Simulator platform, String device) {
        platform.register(SimulatedDevice.direct(device, Fleet.secretOf(device)));
    }

    private static String refused(int number) {
        return "refused-" + number;
    }

    private static List<String> withWrongSecrets(Simulator platform) {
        List<String> lines = new ArrayList<>(List.of("device_id,secret,gateway_id"));
        platform.devices()
                .forEach(device -> lines.add(device.id() + ","
                        + (device.id().startsWith("refused") ? "not-the-secret" : device.secret()) + ","));
        return lines;
    }

    private static String directoryChanged(Actuator operator) {
        return operator.json("/health/devices").path("details").path("changed").asString("never");
    }

    private static void send(Producer<byte[], byte[]> producer, String topic, String key, String value) {
        Future<?> unused = producer.send(new ProducerRecord<>(
                topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
    }

    private static void awaitReported(Monitoring monitoring, String... alerts) {
        for (String alert : alerts) {
            await(alert + " to fire").atMost(SOON).until(() -> monitoring.isFiring(alert));
        }
    }

    /** Every value is filled in, and the runbook's address is whole. */
    private static void isReadable(Notification told) {
        assertThat(told.content().path("annotations").path("runbook_url").asString())
                .isEqualTo(RUNBOOKS + "#" + told.alert().toLowerCase(Locale.ROOT));
        assertThat(told.content().path("annotations").values())
                .allSatisfy(text -> assertThat(text.asString()).doesNotContain("<no value>", "{{", "%!", "  "));
        assertThat(told.content().toString()).doesNotContain("failing-device", "refused-", "healthy-0");
    }

    private static void assertDashboardsShow(Monitoring monitoring) {
        List<String> empty = Dashboard.all().stream()
                .flatMap(dashboard -> dashboard.panels().stream())
                .filter(panel -> !MAY_BE_EMPTY.contains(panel.toString()))
                .flatMap(panel -> panel.expressions().stream()
                        .map(Dashboard::filledIn)
                        .filter(expression -> monitoring.values(expression) == 0)
                        .map(expression -> panel + ": " + expression))
                .toList();
        assertThat(empty).as("expressions without a value").isEmpty();
    }

    /** The catalogue's statements about other metrics are true. */
    private static void assertPublished(Monitoring monitoring) {
        for (Map.Entry<String, Set<String>> metric : Catalogue.OF_OTHERS.entrySet()) {
            assertThat(monitoring.series(metric.getKey()))
                    .as(metric.getKey())
                    .isNotEmpty()
                    .allSatisfy(series -> assertThat(series.propertyNames()).containsAll(metric.getValue()));
        }
    }
}
