package io.iotdarelay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Lets Spring Boot configure OpenTelemetry only for signals with an endpoint: the auto-configurations of the others are not
 * even evaluated.
 *
 * <p>By default Spring Boot would create unused tracers, send metrics to localhost every minute, and trace each scrape and
 * each probe.
 */
final class OpenTelemetryOnDemand implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final String SDK = "org.springframework.boot.opentelemetry.";
    private static final String METRICS = "org.springframework.boot.micrometer.metrics.autoconfigure.export.otlp.";
    private static final String TRACING = "org.springframework.boot.micrometer.tracing.";

    /** Creates spans of Spring's own observations: requests to the actuator. The relay creates its own spans. */
    private static final String OBSERVATIONS =
            "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration";

    private List<String> unwanted = List.of();

    @Override
    public void setEnvironment(Environment environment) {
        boolean enabled = isOn(environment, "management.opentelemetry.enabled");
        boolean traces = enabled
                && isSet(environment, "management.opentelemetry.tracing.export.otlp.endpoint")
                && isOn(environment, "management.tracing.export.enabled")
                && isOn(environment, "management.tracing.export.otlp.enabled");
        boolean logs = enabled
                && isSet(environment, "management.opentelemetry.logging.export.otlp.endpoint")
                && isOn(environment, "management.logging.export.enabled")
                && isOn(environment, "management.logging.export.otlp.enabled");
        List<String> without = new ArrayList<>(List.of(OBSERVATIONS));
        if (!isSet(environment, "management.otlp.metrics.export.url")) {
            without.add(METRICS);
        }
        if (!traces) {
            without.add(TRACING);
        }
        if (!traces && !logs) {
            without.add(SDK);
        }
        unwanted = List.copyOf(without);
    }

    @Override
    public boolean[] match(@Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] wanted = new boolean[autoConfigurations.length];
        for (int i = 0; i < wanted.length; i++) {
            String name = autoConfigurations[i];
            wanted[i] = name != null && isWanted(name);
        }
        return wanted;
    }

    boolean isWanted(String autoConfiguration) {
        return unwanted.stream().noneMatch(autoConfiguration::startsWith);
    }

    private static boolean isSet(Environment environment, String key) {
        String value = environment.getProperty(key);
        return value != null && !value.isBlank();
    }

    private static boolean isOn(Environment environment, String key) {
        return environment.getProperty(key, Boolean.class, true);
    }
}
