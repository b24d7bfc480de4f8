package io.iotdarelay.deploy;

import io.iotdarelay.SettingsCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.ssl.SslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.SslProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import tools.jackson.databind.JsonNode;

/** A relay.yaml with the variables of a pod, as the relay would read it. */
final class RelayYaml {

    private final StandardEnvironment environment = new StandardEnvironment();

    private RelayYaml(String yaml, Map<String, String> variables) {
        add(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "relay.yaml"));
        add(new ClassPathResource("application.yaml"));
        environment.getPropertySources().addLast(new MapPropertySource("variables", Map.copyOf(variables)));
    }

    /** The configuration that the workload of a rendering starts with. */
    static RelayYaml of(Rendering rendering) {
        return of(rendering.configuration().data().getOrDefault("relay.yaml", ""), rendering);
    }

    static RelayYaml of(String yaml, Rendering rendering) {
        return new RelayYaml(yaml, variables(rendering));
    }

    /** Throws what a relay would end with, or complain of. */
    void check() {
        SettingsCheck.read(environment);
        KafkaProperties unusedKafka = kafka();
        Binder.get(environment)
                .bind(
                        "spring.ssl",
                        Bindable.of(SslProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> named
                    && source.getName().contains("relay.yaml")) {
                for (String name : named.getPropertyNames()) {
                    environment.resolveRequiredPlaceholders(String.valueOf(named.getProperty(name)));
                }
            }
        }
    }

    /** What is under {@code spring.kafka}; an unknown key there is an error. */
    KafkaProperties kafka() {
        return Binder.get(environment)
                .bind(
                        "spring.kafka",
                        Bindable.of(KafkaProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .get();
    }

    /** All SSL bundles, by name. */
    Map<String, SslBundleProperties> bundles() {
        Map<String, SslBundleProperties> bundles = new LinkedHashMap<>();
        Binder.get(environment)
                .bind("spring.ssl", Bindable.of(SslProperties.class))
                .ifBound(ssl -> {
                    bundles.putAll(ssl.getBundle().getPem());
                    bundles.putAll(ssl.getBundle().getJks());
                });
        return bundles;
    }

    String value(String key) {
        return environment.getRequiredProperty(key);
    }

    boolean has(String key) {
        return environment.containsProperty(key);
    }

    private void add(Resource resource) {
        try {
            new YamlPropertySourceLoader()
                    .load(resource.getDescription(), resource)
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables of the relay's container. What comes from a Secret that is not the chart's is made up. */
    private static Map<String, String> variables(Rendering rendering) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (JsonNode variable : rendering.workload().relay().path("env")) {
            JsonNode secret = variable.at("/valueFrom/secretKeyRef");
            String value = variable.path("value").asString("made-up");
            if (!secret.isMissingNode()) {
                value = rendering.all("Secret").stream()
                        .filter(each -> each.name().equals(secret.path("name").asString()))
                        .map(each -> each.data().getOrDefault(secret.path("key").asString(), "missing"))
                        .findFirst()
                        .orElse("made-up");
            }
            variables.put(variable.path("name").asString(), value);
        }
        return variables;
    }
}
