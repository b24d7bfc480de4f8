package io.iotdarelay.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.delivery.WaitReason;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.source.PauseReason;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.Yaml;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a scrape of a relay shows: names, labels and, where they are a closed set, the labels' values. */
final class Catalogue {

    private static final PrometheusNamingConvention NAMES = new PrometheusNamingConvention();

    /** Labels that Prometheus gives to each series of a target; namespace and pod are the operator's additions. */
    private static final Set<String> OF_TARGET = Set.of("namespace", "job", "instance", "pod");

    private static final Set<String> OF_KAFKA = Set.of("client_id", "kafka_version", "spring_id");

    /**
     * What others publish in the relay's process, or Prometheus itself, and alerts and dashboards use. {@link AlertsReachOperatorsIT}
     * compares it with a scrape.
     */
    static final Map<String, Set<String>> OF_OTHERS = Map.ofEntries(
            Map.entry("up", Set.of()),
            Map.entry("process_start_time_seconds", Set.of()),
            Map.entry("process_cpu_usage", Set.of()),
            Map.entry("process_files_open_files", Set.of()),
            Map.entry("jvm_memory_used_bytes", Set.of("area", "id")),
            Map.entry("jvm_memory_max_bytes", Set.of("area", "id")),
            Map.entry("jvm_memory_usage_after_gc", Set.of("area", "pool")),
            Map.entry("jvm_gc_overhead", Set.of()),
            Map.entry("jvm_threads_live_threads", Set.of()),
            Map.entry("ssl_chain_expiry_seconds", Set.of("bundle", "certificate", "chain", "source")),
            Map.entry("logback_events_total", Set.of("level")),
            Map.entry("resilience4j_circuitbreaker_state", Set.of("name", "state")),
            Map.entry("kafka_consumer_coordinator_last_heartbeat_seconds_ago", OF_KAFKA),
            Map.entry("kafka_consumer_coordinator_rebalance_total", OF_KAFKA),
            Map.entry("kafka_consumer_fetch_manager_records_consumed_total", OF_KAFKA));

    /** What dashboards show beside it: Prometheus' own alerts, and pods as the cluster sees them. */
    private static final Map<String, Set<String>> OF_THE_CLUSTER = Map.of(
            "ALERTS", Set.of("alertname", "alertstate", "severity", "topic", "partition", "route"),
            "container_memory_working_set_bytes", Set.of("container"),
            "kube_pod_container_resource_limits", Set.of("container", "resource"));

    private static final Map<String, Set<String>> METRICS = metrics();

    /** By metric and label. */
    private static final Map<String, Set<String>> VALUES = Map.of(
            "relay_partition_paused reason",
                    codes(Arrays.stream(PauseReason.values()).map(PauseReason::code)),
            "relay_partition_waiting reason",
                    codes(Stream.concat(
                            Arrays.stream(WaitReason.values()).map(WaitReason::code),
                            Stream.of(
                                    "dead-letter",
                                    "dead-letter-budget",
                                    "former-gateway",
                                    "open-transaction",
                                    "registry"))),
            "relay_records_rejected_total reason",
                    codes(Arrays.stream(RejectionReason.values()).map(RejectionReason::code)),
            "relay_requests_total api", Set.of("device-auth", "messages", "properties", "gateway"),
            "relay_requests_total outcome", outcomes());

    private Catalogue() {}

    private static Map<String, Set<String>> metrics() {
        Map<String, Set<String>> metrics = new HashMap<>(OF_OTHERS);
        metrics.putAll(OF_THE_CLUSTER);
        for (RelayMeter meter : RelayMeter.values()) {
            Set<String> labels =
                    Arrays.stream(meter.getKeyNames()).map(KeyName::asString).collect(Collectors.toSet());
            String name = name(meter);
            switch (meter.getType()) {
                case COUNTER -> metrics.put(name + "_total", labels);
                case TIMER, DISTRIBUTION_SUMMARY -> {
                    List.of("_count", "_sum", "_max").forEach(part -> metrics.put(name + part, labels));
                    Set<String> withBound = new HashSet<>(labels);
                    withBound.add("le");
                    metrics.put(name + "_bucket", withBound);
                }
                case GAUGE, LONG_TASK_TIMER, OTHER -> metrics.put(name, labels);
            }
        }
        return metrics;
    }

    private static String name(RelayMeter meter) {
        boolean timed = meter.getType() == Meter.Type.TIMER || "seconds".equals(meter.getBaseUnit());
        return NAMES.name(meter.getName(), meter.getType(), timed ? "seconds" : null);
    }

    private static Set<String> codes(Stream<String> codes) {
        return codes.collect(Collectors.toSet());
    }

    /** As docs/metrics.md lists them. */
    private static Set<String> outcomes() {
        return Yaml.text(Path.of("docs/metrics.md"))
                .transform(
                        page -> page.substring(page.indexOf("| Outcome | Meaning |"), page.indexOf("## What always")))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`", -1)[1])
                .collect(Collectors.toSet());
    }

    /** The labels that variables of a dashboard have to choose a metric's samples by. */
    static Set<String> choosers(String metric) {
        return switch (metric) {
            case "ALERTS" -> Set.of("namespace", "job");
            case "container_memory_working_set_bytes", "kube_pod_container_resource_limits" ->
                Set.of("namespace", "pod");
            default -> Set.of("namespace", "job", "pod");
        };
    }

    /** All that an expression reads exists, with the labels that it asks for, and with values that these can have. */
    static void assertKnows(Expression expression) {
        Set<String> labels = new TreeSet<>(OF_TARGET);
        for (Expression.Selection selection : expression.selections()) {
            assertThat(METRICS)
                    .as("the relay publishes no %s", selection.metric())
                    .containsKey(selection.metric());
            Set<String> own = METRICS.getOrDefault(selection.metric(), Set.of());
            labels.addAll(own);
            for (Expression.Matching matching : selection.matchings()) {
                assertThat(OF_TARGET.contains(matching.label()) || own.contains(matching.label()))
                        .as("%s has no label %s", selection.metric(), matching.label())
                        .isTrue();
                Set<String> values = VALUES.get(selection.metric() + " " + matching.label());
                if (values != null) {
                    assertThat(values)
                            .as("values of %s of %s", matching.label(), selection.metric())
                            .containsAll(matching.values());
                }
            }
        }
        assertThat(labels).as("labels of what is read").containsAll(expression.groupings());
    }
}
