package io.iotdarelay.operate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint.ConfigurationPropertiesBeanDescriptor;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * {@code GET /actuator/configuration}: what this instance runs with, defaults included, and where each value that was set comes from,
 * without secrets. Routes and models have endpoints of their own.
 */
@Endpoint(id = "configuration")
final class ConfigurationEndpoint {

    private static final String ROOT = "relay";
    private static final ConfigurationPropertyName RELAY = ConfigurationPropertyName.of(ROOT);
    /** They have an endpoint of their own, and may be many. */
    private static final ConfigurationPropertyName ROUTES = ConfigurationPropertyName.of("relay.routes");

    /** What Spring Boot takes for a secret by its name, and addresses with a password. */
    static final List<SanitizingFunction> MASKS = List.of(
            SanitizingFunction.sanitizeValue().ifLikelyCredential(),
            SanitizingFunction.sanitizeValue().ifLikelySensitiveProperty(),
            SanitizingFunction.sanitizeValue().ifValueStringMatches(".*://[^/]*@.*"));

    private final ConfigurationPropertiesReportEndpoint report;
    private final Environment environment;
    private final Supplier<Map<String, Object>> kafka;
    private final Scheduler desk;

    /**
     * Shows these.
     *
     * @param kafka what of the connection to Kafka may be shown
     */
    ConfigurationEndpoint(
            ConfigurationPropertiesReportEndpoint report,
            Environment environment,
            Supplier<Map<String, Object>> kafka,
            Scheduler desk) {
        this.report = report;
        this.environment = environment;
        this.kafka = kafka;
        this.desk = desk;
    }

    @ReadOperation
    Mono<Map<String, Object>> configuration() {
        return Mono.fromSupplier(this::look).subscribeOn(desk);
    }

    private Map<String, Object> look() {
        Map<String, Object> relay = new TreeMap<>();
        descriptors().forEach(bean -> place(relay, bean.getPrefix(), bean.getProperties()));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kafka", kafka.get());
        shown.put(ROOT, relay);
        shown.put("from", origins(environment));
        return shown;
    }

    private Stream<ConfigurationPropertiesBeanDescriptor> descriptors() {
        return report.configurationPropertiesWithPrefix(ROOT).getContexts().values().stream()
                .flatMap(context -> context.getBeans().values().stream())
                .filter(bean ->
                        bean.getPrefix().equals(ROOT) || bean.getPrefix().startsWith(ROOT + "."));
    }

    /** Puts the settings where their prefix says: those of {@code relay.a.b} below {@code a} and {@code b}. */
    @SuppressWarnings("unchecked")
    private static void place(Map<String, Object> root, String prefix, Map<?, ?> settings) {
        Map<String, Object> at = root;
        String path = prefix.equals(ROOT) ? "" : prefix.substring(ROOT.length() + 1);
        for (String name : path.isEmpty() ? new String[0] : path.split("\\.", -1)) {
            at = (Map<String, Object>) at.computeIfAbsent(name, any -> new TreeMap<String, Object>());
        }
        at.putAll((Map<String, Object>) dashed(settings));
    }

    /** With the names that they have in the documentation: {@code max-devices}, not {@code maxDevices}. */
    private static Object dashed(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> named = new TreeMap<>();
                map.forEach(
                        (key, each) -> named.put(DataObjectPropertyName.toDashedForm(key.toString()), dashed(each)));
                yield named;
            }
            case List<?> list ->
                list.stream().map(ConfigurationEndpoint::dashed).toList();
            default -> value;
        };
    }

    /** Where each setting that was set comes from. Sources that count more come first. */
    private static Map<String, String> origins(Environment environment) {
        Map<String, String> found = new TreeMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource all) {
                all.stream()
                        .filter(name -> RELAY.isAncestorOf(name) && !ROUTES.isAncestorOf(name))
                        .forEach(name -> {
                            ConfigurationProperty property = source.getConfigurationProperty(name);
                            if (property != null) {
                                found.putIfAbsent(name.toString(), origin(property));
                            }
                        });
            }
        }
        return found;
    }

    private static String origin(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        return origin == null ? String.valueOf(property.getSource()) : origin.toString();
    }
}
