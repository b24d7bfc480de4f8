package io.iotdarelay.commands;

import io.iotdarelay.commands.Finding.Rule;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks the configuration, and on demand what it leads to. */
@Command(
        name = "check",
        description = {
            "Checks configuration, routes, device directory, TLS and file permissions; with --connect also Kafka, the schema registry and IoTDA's two sides.",
            ""
        },
        footer = {
            "",
            "Exit code 0: no error. 1: there are errors; with --strict, warnings too. 2: the command line is wrong."
        })
final class CheckCommand implements Callable<Integer> {

    private static final Duration READING = Duration.ofSeconds(20);

    private static final int MOST_PRODUCTS = 5;

    private final Settings settings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Settings.Common common = new Settings.Common();

    @Option(
            names = "--connect",
            description =
                    "Connect to Kafka (topics, permissions, dead-letter topic), to the schema registry (the schemas of the last"
                            + " records), to IoTDA (TLS, one device authenticates) and to its application side (the access key lists devices"
                            + " once).")
    private boolean connect;

    @Option(
            names = "--device",
            paramLabel = "ID",
            description =
                    "The device that authenticates; by default the first one of the directory file with a secret."
                            + " A token that a running relay holds for it ends 30 seconds later, and the relay fetches another.")
    private @Nullable String device;

    @Option(names = "--no-authentication", description = "Connect to IoTDA without authenticating a device.")
    private boolean handshakeOnly;

    @Option(names = "--strict", description = "Warnings count as errors.")
    private boolean strict;

    @ArgGroup
    private @Nullable Format format;

    /** How findings are printed. */
    static final class Format {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Option(names = "--sarif", description = "Print SARIF 2.1.0, as code hosts read it.")
        private boolean sarif;
    }

    CheckCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws UsageException {
        Surroundings here = settings.surroundings();
        Configured configured = settings.read(common);
        List<String> done =
                new ArrayList<>(List.of("configuration", mapping(configured), "directory", "tls", "permissions"));
        List<Finding> findings =
                new ArrayList<>(new OfflineChecks(configured, here.clock().instant()).all());
        if (connect) {
            connect(configured, done, findings);
        }
        print(findings, done);
        boolean wrong = findings.stream().anyMatch(finding -> strict || finding.severity() == Finding.Severity.ERROR);
        return wrong ? Commands.FINDINGS : Commands.OK;
    }

    private static String mapping(Configured configured) {
        List<String> unknown = configured.models().unknown();
        if (unknown.isEmpty()) {
            return "mapping";
        }
        String some = String.join(", ", unknown.subList(0, Math.min(MOST_PRODUCTS, unknown.size())));
        return "mapping (without the models of products that only the platform has: " + some
                + (unknown.size() > MOST_PRODUCTS ? " and " + (unknown.size() - MOST_PRODUCTS) + " more" : "") + ")";
    }

    private void connect(Configured configured, List<String> done, List<Finding> findings) throws UsageException {
        if (configured.kafka().isPresent()) {
            done.add("kafka");
            findings.addAll(new KafkaChecks(configured, configured.kafka().get()).all());
        }
        boolean trusted =
                configured.tls().stream().allMatch(bundle -> bundle.problem().isEmpty());
        if (trusted) {
            registry(configured, done, findings);
        }
        if (configured.iotda().isPresent() && trusted) {
            platform(configured, configured.iotda().get(), done, findings);
        }
        boolean isReadable = configured.problems().stream()
                .noneMatch(problem -> problem.path().startsWith(ApplicationCheck.SETTINGS));
        if (trusted && isReadable) {
            application(configured, done, findings);
        }
    }

    private void application(Configured configured, List<String> done, List<Finding> findings) {
        Optional<Surroundings.Application> application =
                settings.surroundings().application().open(settings.arguments(common), OptionalDouble.empty());
        if (application.isPresent()) {
            done.add("platform");
            try (Surroundings.Application opened = application.get()) {
                ApplicationCheck.problem(opened.side())
                        .ifPresent(problem ->
                                findings.add(problem.at(configured.places().apply(ApplicationCheck.PATH))));
            }
        }
    }

    private void registry(Configured configured, List<String> done, List<Finding> findings) {
        Optional<Routes> routes = configured.routes();
        Optional<Configured.KafkaClients> kafka = configured.kafka();
        if (routes.isPresent()
                && kafka.isPresent()
                && routes.get().encodings().stream()
                        .anyMatch(encoding -> encoding.format().needsSchema())) {
            done.add("registry");
            Surroundings here = settings.surroundings();
            TopicReader reader = new TopicReader(kafka.get().consumer(), here.clock(), here.nanoTime());
            try (Surroundings.Schemas schemas = here.registry().open(settings.arguments(common))) {
                findings.addAll(
                        new RegistryChecks(schemas, configured.places()).all(routes.get(), reader::last, READING));
            }
        }
    }

    private void platform(Configured configured, IotdaProperties platform, List<String> done, List<Finding> findings)
            throws UsageException {
        Optional<DeviceCredentials> credentials = handshakeOnly ? Optional.empty() : credentials(configured);
        done.add(credentials
                .map(one -> "iotda (device " + one.device() + ")")
                .orElse("iotda (without an authentication)"));
        settings.surroundings()
                .platform()
                .ask(platform, Optional.ofNullable(platform.sslBundle()).flatMap(configured.trust()), credentials)
                .ifPresent(why -> findings.add(Finding.error(Rule.IOTDA, "relay.iotda.endpoint", why)
                        .at(configured.places().apply("relay.iotda.endpoint"))));
        if (credentials.isEmpty() && !handshakeOnly) {
            findings.add(Finding.warning(
                    Rule.IOTDA,
                    "relay.devices.file",
                    "the directory file has no device with a secret, so none authenticated"));
        }
    }

    private Optional<DeviceCredentials> credentials(Configured configured) throws UsageException {
        Optional<DirectoryFile> directory =
                configured.devices().flatMap(DirectoryFile::path).map(DirectoryFile::read);
        if (device != null) {
            if (!DeviceId.isValid(device)) {
                throw new UsageException("'" + device + "' is not a device ID");
            }
            DeviceId wanted = new DeviceId(device);
            return Optional.of(directory
                    .flatMap(devices -> devices.credentials(wanted))
                    .orElseThrow(() -> new UsageException("the directory file has no secret of device " + wanted)));
        }
        return directory.flatMap(devices -> devices.entries().stream()
                .filter(entry -> entry.secret() != null)
                .min(Comparator.comparing(DirectoryEntry::device))
                .flatMap(DirectoryEntry::credentials));
    }

    private void print(List<Finding> findings, List<String> done) {
        Surroundings here = settings.surroundings();
        if (format != null && format.json) {
            here.out().println(Shown.PRETTY.writeValueAsString(FindingsText.json(findings, done)));
        } else if (format != null && format.sarif) {
            String version = spec.root().version()[0].replace("iotda-relay ", "");
            here.out().println(Shown.PRETTY.writeValueAsString(FindingsText.sarif(findings, version)));
        } else {
            here.out().print(FindingsText.text(findings, done));
        }
        here.out().flush();
    }
}
