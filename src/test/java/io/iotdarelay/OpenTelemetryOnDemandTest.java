package io.iotdarelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

class OpenTelemetryOnDemandTest {

    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";
    private static final Map<String, String> TRACES =
            Map.of("management.opentelemetry.tracing.export.otlp.endpoint", "http://collector:4318/v1/traces");
    private static final Map<String, String> LOGS =
            Map.of("management.opentelemetry.logging.export.otlp.endpoint", "http://collector:4318/v1/logs");
    private static final Map<String, String> METRICS =
            Map.of("management.otlp.metrics.export.url", "http://collector:4318/v1/metrics");

    /** All that Spring Boot would set up by itself, as far as it is about tracing and OpenTelemetry. */
    private final List<String> all = autoConfigurations();

    @Test
    void nothingIsSetUpUnlessSomebodySaysWhereToSend() {
        assertThat(all).hasSizeGreaterThan(6);
        assertThat(left(Map.of())).isEmpty();
        assertThat(left(Map.of("management.opentelemetry.tracing.export.otlp.endpoint", " ")))
                .isEmpty();
    }

    @Test
    void tracesBringTheirExporterAndExemplarsAndNoSpansOfTheActuator() {
        assertThat(left(TRACES))
                .contains(
                        "OpenTelemetrySdkAutoConfiguration",
                        "OpenTelemetryTracingAutoConfiguration",
                        "OtlpTracingAutoConfiguration",
                        "PrometheusExemplarsAutoConfiguration")
                .doesNotContain("MicrometerTracingAutoConfiguration", "OtlpMetricsExportAutoConfiguration");
    }

    @Test
    void metricsBringNoTracers() {
        assertThat(left(METRICS)).containsExactly("OtlpMetricsExportAutoConfiguration");
    }

    @Test
    void logsBringNoTracers() {
        assertThat(left(LOGS))
                .contains("OpenTelemetrySdkAutoConfiguration", "OtlpLoggingAutoConfiguration")
                .noneMatch(name -> name.contains("Tracing") || name.contains("Metrics"));
    }

    @Test
    void whatIsSwitchedOffIsOffWhereverItWouldBeSent() {
        assertThat(left(with(TRACES, "management.opentelemetry.enabled"))).isEmpty();
        assertThat(left(with(TRACES, "management.tracing.export.enabled"))).isEmpty();
        assertThat(left(with(TRACES, "management.tracing.export.otlp.enabled"))).isEmpty();
        assertThat(left(with(LOGS, "management.logging.export.otlp.enabled"))).isEmpty();
    }

    @Test
    void everythingElseStays() {
        OpenTelemetryOnDemand filter = new OpenTelemetryOnDemand();
        filter.setEnvironment(new StandardEnvironment());
        assertThat(filter.isWanted(
                        "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration"))
                .isTrue();
    }

    @Test
    void springBootFindsIt() {
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(AutoConfigurationImportFilter.class))
                .hasAtLeastOneElementOfType(OpenTelemetryOnDemand.class);
    }

    private static Map<String, String> with(Map<String, String> some, String off) {
        return Map.of(some.keySet().iterator().next(), some.values().iterator().next(), off, "false");
    }

    /** The simple names of what is left. */
    private Set<String> left(Map<String, String> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.copyOf(properties)));
        OpenTelemetryOnDemand filter = new OpenTelemetryOnDemand();
        filter.setEnvironment(environment);
        return all.stream()
                .filter(filter::isWanted)
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> lines(URL resource) {
        try (InputStream content = resource.openStream()) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> autoConfigurations() {
        try {
            return Collections.list(
                            OpenTelemetryOnDemandTest.class.getClassLoader().getResources(IMPORTS))
                    .stream()
                    .flatMap(OpenTelemetryOnDemandTest::lines)
                    .filter(name -> name.contains("opentelemetry") || name.contains("otlp") || name.contains("tracing"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
