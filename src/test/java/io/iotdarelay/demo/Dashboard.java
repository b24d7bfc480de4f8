package io.iotdarelay.demo;

import io.iotdarelay.simulator.SimulatorOptions.Exchange;
import io.iotdarelay.testing.Actuator;
import java.io.Console;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Shows the throughput in one line that is refreshed, and an example of each kind once. It queries the relay like an operator. */
public final class Dashboard {

    private static final int SECONDS = 3;
    private static final int FIRST_EXAMPLES_AFTER = 2;

    private final Stage stage;
    private final Actuator actuator;
    private final boolean terminal;
    private Map<String, Double> before = Map.of();
    private int turns;
    private boolean shownRequest;
    private boolean shownDeadLetter;

    private Dashboard(Stage stage, int port) {
        this.stage = stage;
        this.actuator = Actuator.at(port).as("operator", "demo");
        this.terminal = isTerminal(System.console());
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    /** Prints the addresses, starts the fleet, and runs until the process ends. */
    public static void start(Stage stage, int port) {
        Dashboard dashboard = new Dashboard(stage, port);
        dashboard.welcome(port);
        stage.begin();
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("demo-dashboard").daemon().factory());
        Future<?> unused = thread.scheduleAtFixedRate(dashboard::refresh, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private void welcome(int port) {
        System.out.printf(
                Locale.ROOT,
                """

                Kafka broker         %s   (topics telemetry.meters, telemetry.alarms, telemetry.plant, %s)
                simulated IoTDA      %s   (trust %s)
                operator's page      http://localhost:%d/   (log in as operator, password demo)
                relay                http://localhost:%d/actuator/health   (details: -u operator:demo)
                                     http://localhost:%d/actuator/prometheus
                device directory     %s   (edit it, the relay follows)

                The fleet: %d meters, %d alarms, %d gateways with %d sensors each, and %s for your own records.
                Ctrl-C ends it: the relay drains first.

                """,
                stage.kafka().bootstrapServers(),
                Stage.DEAD_LETTERS,
                stage.simulator().endpoint(),
                stage.directory().resolve("ca.pem"),
                port,
                port,
                port,
                stage.directory().resolve("devices.csv"),
                SampleFleet.METERS,
                SampleFleet.ALARMS,
                SampleFleet.GATEWAYS,
                SampleFleet.SENSORS,
                SampleFleet.MINE);
    }

    private void refresh() {
        try {
            turns++;
            Map<String, Double> now = actuator.metrics();
            if (turns >= FIRST_EXAMPLES_AFTER) {
                showRequest();
                showDeadLetter();
            }
            showMine();
            show(now);
            before = now;
        } catch (UncheckedIOException e) {
            before = Map.of(); // the relay is going down
        }
    }

    private void show(Map<String, Double> now) {
        String line = String.format(
                Locale.ROOT,
                "in %.0f/s  delivered %.0f/s  requests %.0f/s (%.1f records each)  lag %d  dead letters: %s",
                rate(now, "relay_records_begun_total"),
                rate(now, "relay_records_delivered_total"),
                rate(now, "relay_request_records_count"),
                rate(now, "relay_request_records_sum") / Math.max(1, rate(now, "relay_request_records_count")),
                lag(),
                deadLetters(now));
        System.out.print(terminal ? "\r\033[K" + line : line + System.lineSeparator());
        System.out.flush();
    }

    private double rate(Map<String, Double> now, String name) {
        return (Actuator.sum(now, name) - Actuator.sum(before, name)) / SECONDS;
    }

    private long lag() {
        return actuator.json("/health/source")
                .path("details")
                .path("partitions")
                .valueStream()
                .mapToLong(partition -> partition.path("lag").asLong(0))
                .sum();
    }

    private static String deadLetters(Map<String, Double> now) {
        Map<String, Double> byReason = now.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("relay_records_rejected_total{") && sample.getValue() > 0)
                .collect(Collectors.groupingBy(
                        sample -> sample.getKey().replaceAll(".*reason=\"([^\"]*)\".*", "$1"),
                        java.util.TreeMap::new,
                        Collectors.summingDouble(Map.Entry::getValue)));
        return byReason.isEmpty()
                ? "none"
                : byReason.entrySet().stream()
                        .map(reason -> reason.getKey() + " " + reason.getValue().longValue())
                        .collect(Collectors.joining(", "));
    }

    private void showRequest() {
        Exchange request = stage.example();
        if (shownRequest || request == null) {
            return;
        }
        shownRequest = true;
        String device = request.path().replaceAll(".*/devices/([^/]+)/.*", "$1");
        stage.kafka().records("telemetry.meters").stream()
                .filter(record -> text(record.key()).equals(device))
                .findFirst()
                .ifPresent(record -> paragraph(List.of(
                        "A record, " + record.topic() + "-" + record.partition() + " at offset " + record.offset()
                                + ":",
                        "  key " + text(record.key()) + ", value " + text(record.value()),
                        "and the request that was made from it:",
                        "  POST " + request.path(),
                        "  access_token: (" + String.valueOf(request.token()).length() + " characters)",
                        "  " + request.body())));
    }

    private void showDeadLetter() {
        if (shownDeadLetter || stage.kafka().count(Stage.DEAD_LETTERS) == 0) {
            return;
        }
        shownDeadLetter = true;
        ConsumerRecord<byte[], byte[]> letter =
                stage.kafka().records(Stage.DEAD_LETTERS).getFirst();
        List<String> lines = new ArrayList<>();
        lines.add("A dead letter, " + letter.topic() + " at offset " + letter.offset() + ":");
        lines.add("  key " + text(letter.key()) + ", value " + text(letter.value()));
        Arrays.stream(letter.headers().toArray())
                .filter(header ->
                        header.key().startsWith("iotda-relay-") || header.key().equals("kafka_dlt-original-topic"))
                .map(Dashboard::line)
                .forEach(lines::add);
        paragraph(lines);
    }

    private static String line(Header header) {
        return "  " + header.key() + ": " + text(header.value());
    }

    private void showMine() {
        for (Exchange request = stage.nextOfMine(); request != null; request = stage.nextOfMine()) {
            paragraph(List.of("Your record arrived:", "  POST " + request.path(), "  " + request.body()));
        }
    }

    private void paragraph(List<String> lines) {
        System.out.print((terminal ? "\r\033[K" : "") + System.lineSeparator());
        lines.forEach(System.out::println);
        System.out.println();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
