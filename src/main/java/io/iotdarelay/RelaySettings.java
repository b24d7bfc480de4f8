package io.iotdarelay;

import io.iotdarelay.access.AccessProperties;
import io.iotdarelay.access.Accounts;
import io.iotdarelay.appside.PlatformProperties;
import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.decode.Format;
import io.iotdarelay.delivery.QuarantineProperties;
import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.lane.LaneProperties;
import io.iotdarelay.limits.QuotaProperties;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteCompiler;
import io.iotdarelay.mapping.RouteCompiler.Compilation;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.mapping.RoutesProperties;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.model.ModelCompiler;
import io.iotdarelay.model.ModelsProperties;
import io.iotdarelay.model.RouteShape;
import io.iotdarelay.pauses.DeskProperties;
import io.iotdarelay.pipeline.RecordsProperties;
import io.iotdarelay.readback.ReadBackProperties;
import io.iotdarelay.redrive.RedriveProperties;
import io.iotdarelay.registry.RegistryProperties;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.SettingsReader;
import io.iotdarelay.settle.DeadLetterProperties;
import io.iotdarelay.source.SourceProperties;
import io.iotdarelay.tokens.TokenKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;

/** All settings under {@code relay.*}, validated. */
record RelaySettings(
        IotdaProperties iotda,
        DevicesProperties devices,
        TokenProperties tokens,
        QuotaProperties quota,
        QuarantineProperties quarantine,
        LaneProperties lane,
        SourceProperties source,
        DeadLetterProperties deadLetter,
        RecordsProperties records,
        RedriveProperties redrive,
        DeskProperties desk,
        RegistryProperties registry,
        PlatformProperties platform,
        ReadBackProperties readBack,
        AccessProperties access,
        Routes routes,
        Optional<RelayMapping> mapping,
        LoadedModels models) {

    private static final long DEFAULT_MAX_POLL_INTERVAL = 300_000;
    private static final String DIRECTORY = "the topic of the device directory";
    private static final String TOKENS = "the topic of the tokens";

    /** Reads them, or throws {@link io.iotdarelay.settings.InvalidSettingsException} with all that is wrong. */
    static RelaySettings read(ConfigurableEnvironment environment) {
        try (SettingsReader reader = new SettingsReader(environment)) {
            Parts parts = parts(reader, environment);
            parts.tokens().ifPresent(tokens -> reader.add(TokenKeys.problems(tokens)));
            reader.check("relay");
            return parts.whole();
        }
    }

    /**
     * The settings as far as they are right; empty where they are wrong.
     *
     * @param content the routes as they are written
     */
    record Parts(
            Optional<IotdaProperties> iotda,
            Optional<DevicesProperties> devices,
            Optional<TokenProperties> tokens,
            Optional<QuotaProperties> quota,
            Optional<QuarantineProperties> quarantine,
            Optional<LaneProperties> lane,
            Optional<SourceProperties> source,
            Optional<DeadLetterProperties> deadLetter,
            Optional<RecordsProperties> records,
            Optional<RedriveProperties> redrive,
            Optional<DeskProperties> desk,
            Optional<RegistryProperties> registry,
            Optional<PlatformProperties> platform,
            Optional<ReadBackProperties> readBack,
            Optional<AccessProperties> access,
            Optional<RelayMapping.Content> content,
            Optional<Routes> routes,
            Optional<RelayMapping> mapping,
            Optional<LoadedModels> models) {

        private RelaySettings whole() {
            return new RelaySettings(
                    iotda.orElseThrow(),
                    devices.orElseThrow(),
                    tokens.orElseThrow(),
                    quota.orElseThrow(),
                    quarantine.orElseThrow(),
                    lane.orElseThrow(),
                    source.orElseThrow(),
                    deadLetter.orElseThrow(),
                    records.orElseThrow(),
                    redrive.orElseThrow(),
                    desk.orElseThrow(),
                    registry.orElseThrow(),
                    platform.orElseThrow(),
                    readBack.orElseThrow(),
                    access.orElseThrow(),
                    routes.orElseThrow(),
                    mapping,
                    models.orElseThrow());
        }
    }

    /** Reads each part, and adds what is wrong to the reader's problems. */
    static Parts parts(SettingsReader reader, ConfigurableEnvironment environment) {
        Optional<IotdaProperties> iotda = reader.read(IotdaProperties.class);
        Optional<DevicesProperties> devices = reader.read(DevicesProperties.class);
        Optional<TokenProperties> tokens = reader.read(TokenProperties.class);
        Optional<QuotaProperties> quota = reader.read(QuotaProperties.class);
        Optional<QuarantineProperties> quarantine = reader.read(QuarantineProperties.class);
        Optional<LaneProperties> lane = reader.read(LaneProperties.class);
        Optional<SourceProperties> source = reader.read(SourceProperties.class);
        Optional<DeadLetterProperties> deadLetter = reader.read(DeadLetterProperties.class);
        Optional<RecordsProperties> records = reader.read(RecordsProperties.class);
        Optional<RedriveProperties> redrive = reader.read(RedriveProperties.class);
        Optional<DeskProperties> desk = reader.read(DeskProperties.class);
        Optional<RegistryProperties> registry = reader.read(RegistryProperties.class);
        Optional<PlatformProperties> platform = reader.read(PlatformProperties.class);
        Optional<ReadBackProperties> readBack = reader.read(ReadBackProperties.class);
        Optional<AccessProperties> access = reader.read(AccessProperties.class);
        Optional<ModelsProperties> models = reader.read(ModelsProperties.class);
        Optional<RoutesProperties> given = reader.readAsFarAsPossible(RoutesProperties.class);
        Map<String, String> reserved = reserved(deadLetter, devices, tokens);
        Optional<RelayMapping> mapping =
                given.flatMap(RoutesProperties::file).map(file -> new RelayMapping(file, reserved));
        Optional<RelayMapping.Content> content = given.map(properties -> mapping.map(RelayMapping::readAtStart)
                .orElseGet(() -> new RelayMapping.Content(
                        properties.routes(), RouteCompiler.compile(properties.routes(), reserved), reader::origin)));
        Optional<Routes> routes = content.flatMap(read -> routes(reader, read.compilation()));
        Optional<LoadedModels> loaded = models.flatMap(properties -> load(
                reader, properties, content.map(RelayMapping.Content::shapes).orElse(List.of())));
        deadLetter.ifPresent(value -> devices.map(DevicesProperties::topic)
                .ifPresent(directory -> reader.add(apart(value.topic(), directory))));
        tokens.filter(TokenProperties::isStored)
                .ifPresent(value -> reader.add(new Requirements("relay.tokens")
                        .that(
                                deadLetter
                                        .filter(other -> other.topic().equals(value.topic()))
                                        .isEmpty(),
                                "topic",
                                "is the topic of dead letters")
                        .that(
                                devices.filter(other -> value.topic().equals(other.topic()))
                                        .isEmpty(),
                                "topic",
                                "is " + DIRECTORY)
                        .problems()));
        devices.ifPresent(
                value -> platform.ifPresent(configured -> reader.add(withPlatform(value, configured.isConfigured()))));
        readBack.filter(ReadBackProperties::enabled)
                .ifPresent(value -> platform.ifPresent(side -> reader.add(new Requirements("relay.platform.read-back")
                        .that(side.isConfigured(), "enabled", "requires relay.platform.endpoint")
                        .problems())));
        access.ifPresent(value -> reader.add(Accounts.problems(value, environment)));
        reader.add(http(environment));
        source.ifPresent(value -> lane.ifPresent(lanes -> reader.add(together(value, lanes, environment))));
        platform.ifPresent(
                value -> loaded.ifPresent(known -> reader.add(withPlatform(known.ofPlatform(), value.isConfigured()))));
        routes.ifPresent(
                value -> devices.ifPresent(settings -> reader.add(withProvisioning(value, settings.platform()))));
        routes.ifPresent(
                value -> registry.ifPresent(configured -> reader.add(withRegistry(value, configured.isConfigured()))));
        return new Parts(
                iotda,
                devices,
                tokens,
                quota,
                quarantine,
                lane,
                source,
                deadLetter,
                records,
                redrive,
                desk,
                registry,
                platform,
                readBack,
                access,
                content,
                routes,
                mapping,
                loaded);
    }

    private static Map<String, String> reserved(
            Optional<DeadLetterProperties> deadLetter,
            Optional<DevicesProperties> devices,
            Optional<TokenProperties> tokens) {
        Map<String, String> reserved = new HashMap<>();
        tokens.filter(TokenProperties::isStored).ifPresent(settings -> reserved.put(settings.topic(), TOKENS));
        deadLetter.ifPresent(settings -> reserved.put(settings.topic(), RouteCompiler.DEAD_LETTERS));
        devices.map(DevicesProperties::topic).ifPresent(topic -> reserved.put(topic, DIRECTORY));
        return reserved;
    }

    private static Optional<Routes> routes(SettingsReader reader, Compilation compilation) {
        return switch (compilation) {
            case Compilation.Compiled compiled -> Optional.of(compiled.routes());
            case Compilation.Wrong wrong -> {
                reader.add(wrong.problems());
                yield Optional.empty();
            }
        };
    }

    private static Optional<LoadedModels> load(
            SettingsReader reader, ModelsProperties properties, List<RouteShape> routes) {
        return switch (ModelCompiler.compile(properties, routes)) {
            case ModelCompiler.Compilation.Compiled compiled -> Optional.of(compiled.models());
            case ModelCompiler.Compilation.Wrong wrong -> {
                reader.add(wrong.problems());
                yield Optional.empty();
            }
        };
    }

    /** Models of the platform need its application side. */
    private static List<SettingsProblem> withPlatform(List<String> products, boolean isConfigured) {
        return new Requirements("relay.platform")
                .that(
                        isConfigured || products.isEmpty(),
                        "endpoint",
                        "is required: relay.models.products." + (products.isEmpty() ? "" : products.getFirst())
                                + ".platform is true")
                .problems();
    }

    /** Formats whose schemas are in a registry need one. */
    static List<SettingsProblem> withRegistry(Routes routes, boolean isConfigured) {
        boolean isNeeded = routes.encodings().stream()
                .anyMatch(encoding -> encoding.format() == Format.AVRO || encoding.format() == Format.PROTOBUF);
        return new Requirements("relay.registry")
                .that(isConfigured || !isNeeded, "url", "is required: a route has the format avro or protobuf")
                .problems();
    }

    /** Devices of the platform are asked for on its application side. */
    private static List<SettingsProblem> withPlatform(DevicesProperties devices, boolean isConfigured) {
        return new Requirements("relay.devices")
                .that(
                        isConfigured || !devices.platform(),
                        "platform",
                        "needs the platform's application side: set relay.platform.endpoint and what belongs to it")
                .problems();
    }

    /** Only of a device that is asked for it can turn out that it has to be created. */
    static List<SettingsProblem> withProvisioning(Routes routes, boolean asksPlatform) {
        Optional<String> creating = routes.routes().stream()
                .filter(route -> route.provisioning().isPresent())
                .map(Route::name)
                .findFirst();
        return new Requirements("relay.devices")
                .that(
                        asksPlatform || creating.isEmpty(),
                        "platform",
                        "must be true: the route " + creating.orElse("") + " creates devices (provision)")
                .problems();
    }

    /** The directory would take dead letters for devices, whose secrets a producer could choose. */
    private static List<SettingsProblem> apart(String deadLetters, String directory) {
        return new Requirements("relay.dead-letter")
                .that(!deadLetters.equals(directory), "topic", "is " + DIRECTORY)
                .problems();
    }

    /** The limits of the HTTP port are per connection with one request at a time. */
    private static List<SettingsProblem> http(ConfigurableEnvironment environment) {
        return new Requirements("server")
                .that(
                        !Binder.get(environment)
                                .bind("server.http2.enabled", Boolean.class)
                                .orElse(false),
                        "http2.enabled",
                        "must be false: the limits of relay.access are for HTTP/1.1")
                .problems();
    }

    /** As Spring Boot searches for it; it may be in three places. */
    private static long maxPollInterval(ConfigurableEnvironment environment) {
        String own = environment.getProperty("spring.kafka.consumer.properties.max.poll.interval.ms");
        if (own == null) {
            Duration springs = environment.getProperty("spring.kafka.consumer.max-poll-interval", Duration.class);
            if (springs != null) {
                return springs.toMillis();
            }
            own = environment.getProperty("spring.kafka.properties.max.poll.interval.ms");
        }
        return own == null ? DEFAULT_MAX_POLL_INTERVAL : Long.parseLong(own);
    }

    /** Checks that span several rooms. */
    private static List<SettingsProblem> together(
            SourceProperties source, LaneProperties lane, ConfigurableEnvironment environment) {
        long maxPollInterval = maxPollInterval(environment);
        return new Requirements("relay")
                .that(
                        source.drainTimeout().toMillis() < maxPollInterval,
                        "source.drain-timeout",
                        "must be shorter than the consumer's max.poll.interval.ms, " + maxPollInterval + "ms")
                .that(
                        source.drainTimeout().isZero() || lane.linger().compareTo(source.drainTimeout()) < 0,
                        "lane.linger",
                        "must be shorter than relay.source.drain-timeout")
                .problems();
    }
}
