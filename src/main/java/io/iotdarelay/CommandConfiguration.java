package io.iotdarelay;

import io.iotdarelay.appside.PlatformProperties;
import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.commands.Configured;
import io.iotdarelay.commands.Configured.KafkaClients;
import io.iotdarelay.commands.Configured.Place;
import io.iotdarelay.commands.Configured.TokenTopic;
import io.iotdarelay.commands.Surroundings.ConfigurationReader;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.pipeline.RecordsProperties;
import io.iotdarelay.registry.RegistryProperties;
import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.SettingsReader;
import io.iotdarelay.settle.DeadLetterProperties;
import io.iotdarelay.tokens.TokenKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.support.RandomValuePropertySourceEnvironmentPostProcessor;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.boot.support.SystemEnvironmentPropertySourceEnvironmentPostProcessor;
import org.springframework.core.env.AbstractEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads the configuration as the service does, but starts nothing. */
final class CommandConfiguration implements ConfigurationReader {

    private static final ConfigurableEnvironment NOTHING = new AbstractEnvironment() {};

    private static final Pattern LIST = Pattern.compile("\\A(?:\\h*(?:#[^\\n]*)?\\n)*- ");
    private static final Pattern OWN_NAME = Pattern.compile("(?m)^name:");
    private static final Pattern OWN_TOPICS = Pattern.compile("(?m)^topic(?:s|-pattern):");

    private final Clock clock;

    CommandConfiguration(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Configured read(List<String> arguments) {
        try {
            return read(environment(arguments));
        } catch (RuntimeException e) { // whatever it is, the service would not start
            return nothing(new SettingsProblem("configuration", describe(e)));
        }
    }

    @Override
    public Configured route(String text, String origin, String topic) {
        String yaml = LIST.matcher(text).find()
                ? "relay:\n  routes:\n" + text.indent(2)
                : "relay:\n  routes:\n  -\n"
                        + (OWN_NAME.matcher(text).find() ? "" : "    name: case\n")
                        + (OWN_TOPICS.matcher(text).find() ? "" : "    topics: [\"" + topic + "\"]\n")
                        + text.indent(4);
        return yaml(yaml, origin);
    }

    @Override
    public Configured yaml(String yaml, String origin) {
        ConfigurableEnvironment environment =
                new AbstractEnvironment() {}; // what the caller's shell sets is for the service
        try {
            new YamlPropertySourceLoader()
                    .load(origin, new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), origin))
                    .forEach(environment.getPropertySources()::addFirst);
            return read(environment);
        } catch (IOException | RuntimeException e) { // whatever it is, it cannot be used
            return nothing(new SettingsProblem("relay.routes", origin + ": " + describe(e)));
        }
    }

    /**
     * Prepares the environment as {@link SpringApplication} does, profiles and imports included. It runs none: a run that fails logs
     * why, and would quote the line of a file that cannot be read.
     */
    private static ConfigurableEnvironment environment(List<String> arguments) {
        ConfigurableEnvironment environment = new ServiceEnvironment();
        environment.setConversionService(new ApplicationConversionService());
        environment
                .getPropertySources()
                .addFirst(new SimpleCommandLinePropertySource(arguments.toArray(String[]::new)));
        ConfigurationPropertySources.attach(environment);
        SpringApplication application = new SpringApplication(RelayApplication.class);
        for (EnvironmentPostProcessor each : List.of(
                new SpringApplicationJsonEnvironmentPostProcessor(),
                new SystemEnvironmentPropertySourceEnvironmentPostProcessor(),
                new RandomValuePropertySourceEnvironmentPostProcessor(Supplier::get))) {
            each.postProcessEnvironment(environment, application);
        }
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        return environment;
    }

    /** The environment; empty if it cannot be prepared, which is reported when the configuration is read. */
    Optional<ConfigurableEnvironment> preparedEnvironment(List<String> arguments) {
        try {
            return Optional.of(environment(arguments));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** An SSL bundle by its name; none if there is no name, or if it cannot be used, which is reported when the configuration is read. */
    @Nullable
    SslBundle bundle(ConfigurableEnvironment environment, @Nullable String name) {
        return name == null
                ? null
                : CommandTls.of(environment, clock).bundle(name).orElse(null);
    }

    /** Profiles are for the configuration's files to say, as in a {@link SpringApplication}. */
    private static final class ServiceEnvironment extends StandardEnvironment {

        @Override
        protected @Nullable String doGetActiveProfilesProperty() {
            return null;
        }

        @Override
        protected @Nullable String doGetDefaultProfilesProperty() {
            return null;
        }
    }

    private Configured read(ConfigurableEnvironment environment) {
        Set<SettingsProblem> problems = new LinkedHashSet<>();
        CommandTls tls = CommandTls.of(environment, clock);
        tls.bundles()
                .forEach(bundle -> bundle.problem()
                        .ifPresent(
                                why -> problems.add(new SettingsProblem("spring.ssl.bundle." + bundle.name(), why))));
        Optional<KafkaClients> kafka = kafka(environment, tls, problems);
        SettingsReader reader = new SettingsReader(environment); // closed with the process: origins are asked for later
        RelaySettings.Parts parts = RelaySettings.parts(reader, environment);
        try {
            reader.check("relay");
        } catch (InvalidSettingsException e) {
            problems.addAll(e.problems());
        }
        parts.iotda()
                .map(IotdaProperties::sslBundle)
                .ifPresent(bundle -> missing(tls, bundle, "relay.iotda.ssl-bundle", problems));
        parts.registry()
                .map(RegistryProperties::sslBundle)
                .ifPresent(bundle -> missing(tls, bundle, "relay.registry.ssl-bundle", problems));
        parts.platform()
                .map(PlatformProperties::sslBundle)
                .ifPresent(bundle -> missing(tls, bundle, "relay.platform.ssl-bundle", problems));
        Optional<TokenProperties> tokens = parts.tokens().filter(TokenProperties::isStored);
        tokens.ifPresent(properties -> problems.addAll(TokenKeys.problems(properties)));
        return new Configured(
                List.copyOf(problems),
                parts.content().map(RelayMapping.Content::declared).orElse(List.of()),
                parts.routes(),
                parts.models().orElse(LoadedModels.NONE),
                reader.readAsFarAsPossible(DevicesProperties.class),
                parts.iotda(),
                tokens.map(
                        properties -> new TokenTopic(properties.topic(), TokenKeys.files(properties.keyDirectory()))),
                parts.deadLetter().map(DeadLetterProperties::topic).orElse(""),
                parts.records().orElseGet(() -> byDefault(RecordsProperties.class)),
                parts.lane().orElseGet(() -> byDefault(LaneProperties.class)).maxRequestSize(),
                kafka,
                tls.bundles(),
                bundle -> trust(tls, bundle),
                Stream.concat(files(environment).stream(), parts.mapping().map(RelayMapping::file).stream())
                        .toList(),
                places(reader, parts.content().map(RelayMapping.Content::origins)));
    }

    /** Settings where nothing is configured. */
    private static <T> T byDefault(Class<T> type) {
        try (SettingsReader reader = new SettingsReader(NOTHING)) {
            return reader.read(type).orElseThrow();
        }
    }

    private static Optional<TrustManagerFactory> trust(CommandTls tls, String bundle) {
        return tls.bundle(bundle).map(SslBundle::getManagers).map(SslManagerBundle::getTrustManagerFactory);
    }

    /** A configuration of which nothing can be read. */
    private static Configured nothing(SettingsProblem problem) {
        return new Configured(
                List.of(problem),
                List.of(),
                Optional.empty(),
                LoadedModels.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "",
                byDefault(RecordsProperties.class),
                byDefault(LaneProperties.class).maxRequestSize(),
                Optional.empty(),
                List.of(),
                bundle -> Optional.empty(),
                List.of(),
                path -> Optional.empty());
    }

    /** As Spring Boot's auto-configuration makes them. */
    private static Optional<KafkaClients> kafka(
            ConfigurableEnvironment environment, CommandTls tls, Set<SettingsProblem> problems) {
        KafkaProperties properties;
        try {
            properties = Binder.get(environment).bindOrCreate("spring.kafka", KafkaProperties.class);
        } catch (BindException e) {
            problems.add(new SettingsProblem(String.valueOf(e.getName()), "cannot be read: it has no valid value"));
            return Optional.empty();
        }
        List<SettingsProblem> found = new ArrayList<>();
        Map<String, Object> consumer = client(
                properties.buildConsumerProperties(),
                first(properties.getConsumer().getBootstrapServers(), properties.getBootstrapServers()),
                text(
                        properties.getConsumer().getSecurity().getProtocol(),
                        properties.getSecurity().getProtocol()),
                text(
                        properties.getConsumer().getSsl().getBundle(),
                        properties.getSsl().getBundle()),
                tls,
                found);
        Map<String, Object> producer = client(
                properties.buildProducerProperties(),
                first(properties.getProducer().getBootstrapServers(), properties.getBootstrapServers()),
                text(
                        properties.getProducer().getSecurity().getProtocol(),
                        properties.getSecurity().getProtocol()),
                text(
                        properties.getProducer().getSsl().getBundle(),
                        properties.getSsl().getBundle()),
                tls,
                found);
        problems.addAll(found);
        return found.isEmpty() ? Optional.of(new KafkaClients(consumer, producer)) : Optional.empty();
    }

    private static Map<String, Object> client(
            Map<String, Object> built,
            @Nullable List<String> servers,
            @Nullable String protocol,
            @Nullable String bundle,
            CommandTls tls,
            List<SettingsProblem> problems) {
        Map<String, Object> client = new LinkedHashMap<>(built);
        if (servers != null) {
            client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        }
        if (StringUtils.hasLength(protocol)) {
            client.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
        }
        if (StringUtils.hasLength(bundle)) {
            tls.bundle(bundle)
                    .ifPresentOrElse(
                            found -> {
                                client.put(
                                        SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG,
                                        SslBundleSslEngineFactory.class.getName());
                                client.put(SslBundle.class.getName(), found);
                            },
                            () -> {
                                SettingsProblem problem = new SettingsProblem(
                                        "spring.kafka.ssl.bundle", "there is no usable SSL bundle '" + bundle + "'");
                                if (!problems.contains(problem)) {
                                    problems.add(problem);
                                }
                            });
        }
        return client;
    }

    private static void missing(CommandTls tls, String bundle, String path, Set<SettingsProblem> problems) {
        if (tls.bundle(bundle).isEmpty()) {
            problems.add(new SettingsProblem(path, "there is no usable SSL bundle '" + bundle + "'"));
        }
    }

    private static @Nullable List<String> first(@Nullable List<String> own, @Nullable List<String> common) {
        return own != null ? own : common;
    }

    private static @Nullable String text(@Nullable String own, @Nullable String common) {
        return StringUtils.hasLength(own) ? own : common;
    }

    /** Routes are in a file of their own if there is one. */
    private static Function<String, Optional<Place>> places(
            SettingsReader reader, Optional<Function<String, Optional<Origin>>> mapping) {
        return path -> mapping.filter(origins -> path.startsWith("relay.routes"))
                .map(origins -> origins.apply(path))
                .orElseGet(() -> reader.origin(path))
                .flatMap(CommandConfiguration::place);
    }

    private static Optional<Place> place(Origin origin) {
        if (origin instanceof PropertySourceOrigin wrapped && wrapped.getOrigin() != null) {
            return place(wrapped.getOrigin());
        }
        if (!(origin instanceof TextResourceOrigin text) || text.getLocation() == null || text.getResource() == null) {
            return Optional.empty();
        }
        return Optional.of(new Place(
                file(text.getResource())
                        .map(Path::toString)
                        .orElse(String.valueOf(text.getResource().getFilename())),
                text.getLocation().getLine() + 1,
                text.getLocation().getColumn() + 1));
    }

    private static List<Path> files(ConfigurableEnvironment environment) {
        Set<Path> files = new LinkedHashSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> named && source instanceof OriginLookup<?>) {
                for (String name : named.getPropertyNames()) {
                    Origin origin = OriginLookup.getOrigin(source, name);
                    if (origin instanceof TextResourceOrigin text && text.getResource() != null) {
                        file(text.getResource()).ifPresent(files::add);
                    }
                }
            }
        }
        return List.copyOf(files);
    }

    private static Optional<Path> file(Resource resource) {
        try {
            return resource.isFile() ? Optional.of(resource.getFile().toPath()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Without the line of a file that YAML's reader quotes: it may hold a password. */
    private static String describe(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case MarkedYAMLException yaml -> {
                    return "invalid YAML: " + yaml.getProblem()
                            + (yaml.getProblemMark() == null
                                    ? ""
                                    : " at line " + (yaml.getProblemMark().getLine() + 1) + ", column "
                                            + (yaml.getProblemMark().getColumn() + 1));
                }
                case ClassCastException ignored -> {
                    return "a name in a YAML file must be quoted: on, off, yes, no, true, false and numbers are not text";
                }
                case NoSuchSslBundleException bundle -> {
                    return String.valueOf(bundle.getMessage());
                }
                default -> {}
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
