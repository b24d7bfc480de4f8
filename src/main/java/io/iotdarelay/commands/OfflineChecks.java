package io.iotdarelay.commands;

import io.iotdarelay.commands.Configured.Bundle;
import io.iotdarelay.commands.Configured.Certificate;
import io.iotdarelay.commands.Configured.KeyFile;
import io.iotdarelay.commands.Finding.Rule;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** What can be checked without a connection. */
final class OfflineChecks {

    private static final Duration SOON = Duration.ofDays(30);
    private static final int MOST_CHILDREN_NAMED = 5;

    private final Configured configured;
    private final Instant now;
    private final List<Finding> findings = new ArrayList<>();

    OfflineChecks(Configured configured, Instant now) {
        this.configured = configured;
        this.now = now;
    }

    List<Finding> all() {
        configured.problems().forEach(this::problem);
        configured.kafka().ifPresent(this::kafka);
        configured.tls().forEach(this::tls);
        configured.devices().flatMap(DirectoryFile::path).ifPresent(this::directory);
        configured.tokens().ifPresent(tokens -> tokens.keys().forEach(file -> permissions("relay.tokens.keys", file)));
        return List.copyOf(findings);
    }

    private void problem(SettingsProblem problem) {
        Rule rule = problem.path().startsWith("relay.routes")
                ? Rule.MAPPING
                : problem.path().startsWith("spring.ssl") ? Rule.TLS : Rule.CONFIGURATION;
        findings.add(Finding.error(rule, problem.path(), problem.message())
                .at(configured.places().apply(problem.path())));
    }

    private void kafka(Configured.KafkaClients clients) {
        wrong("spring.kafka.consumer", clients.consumer(), configuration -> {
            configuration.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
            configuration.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
            return new ConsumerConfig(configuration);
        });
        wrong("spring.kafka.producer", clients.producer(), configuration -> {
            configuration.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
            configuration.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
            return new ProducerConfig(configuration);
        });
    }

    private interface Check {
        Object of(Map<String, Object> configuration);
    }

    /** A value that is wrong may be a password: only the key is told. */
    private void wrong(String path, Map<String, Object> configuration, Check check) {
        try {
            Object unused = check.of(new java.util.HashMap<>(configuration));
        } catch (KafkaException e) {
            String key = configuration.keySet().stream()
                    .filter(String.valueOf(e.getMessage())::contains)
                    .findFirst()
                    .orElse("");
            findings.add(Finding.error(
                    Rule.CONFIGURATION,
                    path,
                    "Kafka's client refuses the value of " + (key.isEmpty() ? "a key" : key)));
        }
    }

    private void tls(Bundle bundle) {
        String path = "spring.ssl.bundle." + bundle.name();
        boolean allEnded = bundle.certificates().stream()
                .noneMatch(one -> !one.own() && one.end().isAfter(now));
        boolean trusts = bundle.certificates().stream().anyMatch(one -> !one.own());
        if (trusts && allEnded) {
            findings.add(Finding.error(Rule.TLS, path, "every certificate that it trusts has expired"));
        }
        for (Certificate certificate : bundle.certificates()) {
            String what = (certificate.own() ? "the certificate " : "the trusted certificate ") + certificate.subject();
            if (!certificate.end().isAfter(now)) {
                String message = what + " expired at " + certificate.end();
                findings.add(
                        certificate.own()
                                ? Finding.error(Rule.TLS, path, message)
                                : Finding.warning(Rule.TLS, path, message));
            } else if (certificate.end().isBefore(now.plus(SOON))) {
                findings.add(Finding.warning(Rule.TLS, path, what + " expires at " + certificate.end()));
            }
        }
        bundle.files().stream().filter(KeyFile::secret).forEach(file -> permissions(path, file.file()));
    }

    private void directory(Path file) {
        String path = "relay.devices.file";
        DirectoryFile directory = DirectoryFile.read(file);
        directory
                .status()
                .trouble()
                .ifPresent(why -> findings.add(Finding.error(Rule.DIRECTORY, path, why)
                        .at(configured.places().apply(path))));
        directory.status().broken().forEach(entry -> findings.add(broken(file, entry)));
        int more =
                directory.status().brokenEntries() - directory.status().broken().size();
        if (more > 0) {
            findings.add(Finding.warning(Rule.DIRECTORY, path, more + " more entries are invalid"));
        }
        List<DirectoryEntry> orphans = directory.entries().stream()
                .filter(entry -> entry.gateway() != null
                        && directory.credentials(entry.gateway()).isEmpty())
                .toList();
        if (!orphans.isEmpty()) {
            String names = String.join(
                    ", ",
                    orphans.stream()
                            .map(entry -> entry.device() + " (" + entry.gateway() + ")")
                            .sorted()
                            .limit(MOST_CHILDREN_NAMED)
                            .toList());
            findings.add(Finding.warning(
                    Rule.DIRECTORY,
                    path,
                    orphans.size() + " entries name a gateway that has no entry with a secret: " + names
                            + (orphans.size() > MOST_CHILDREN_NAMED ? ", ..." : "")));
        }
        configured.routes().ifPresent(routes -> routes.routes().forEach(route -> speechless(route, directory)));
        permissions(path, file);
    }

    /** Hardly what is meant by the rule; the devices may be in the directory's topic, where there is one, or be added later. */
    private void speechless(Route route, DirectoryFile directory) {
        PermittedDevices permitted = route.devices();
        if (!permitted.areAll()
                && !directory.entries().isEmpty()
                && directory.entries().stream().noneMatch(entry -> permitted.permit(entry.device(), entry.group()))) {
            String path = devicesPath(route.name());
            findings.add(Finding.warning(
                            Rule.MAPPING,
                            path,
                            "route " + route.name() + " may speak for no device of the directory file")
                    .at(configured.places().apply(path)));
        }
    }

    private String devicesPath(String route) {
        for (int i = 0; i < configured.declared().size(); i++) {
            if (route.equals(configured.declared().get(i).name())) {
                return "relay.routes[" + i + "].devices";
            }
        }
        return "relay.routes";
    }

    /** "line 7: why" stands in the file itself. */
    private static Finding broken(Path file, String entry) {
        int colon = entry.indexOf(": ");
        String place = entry.substring(0, Math.max(0, colon)).replaceAll("\\D", "");
        Optional<Configured.Place> line = place.isEmpty() || place.length() > 9
                ? Optional.empty()
                : Optional.of(new Configured.Place(file.toString(), Integer.parseInt(place), 1));
        return Finding.warning(Rule.DIRECTORY, "relay.devices.file", entry).at(line);
    }

    private void permissions(String path, Path file) {
        if (isReadableByAll(file)) {
            findings.add(Finding.warning(
                    Rule.PERMISSIONS, path, file + " holds secrets, and every user of this machine may read it"));
        }
    }

    private static boolean isReadableByAll(@Nullable Path file) {
        try {
            return file != null && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // that it is missing is told elsewhere
        }
    }
}
