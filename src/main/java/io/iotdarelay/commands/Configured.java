package io.iotdarelay.commands;

import io.iotdarelay.devices.DevicesProperties;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.iotda.IotdaProperties;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.pipeline.RecordsProperties;
import io.iotdarelay.settings.SettingsProblem;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.util.unit.DataSize;

/**
 * The configuration, as far as it can be read.
 *
 * @param problems everything that keeps the service from starting
 * @param declared the routes as they are configured
 * @param routes the routes; empty where one of them is wrong
 * @param models the product models; none where they are wrong
 * @param tokens where tokens are kept, if that is not only in memory
 * @param deadLetters the dead-letter topic of routes that have none of their own; empty where it is wrong
 * @param records what a record may become
 * @param maxRequestSize how far reports are joined
 * @param kafka the clients' configuration; empty where it is wrong
 * @param tls the SSL bundles
 * @param trust whom an SSL bundle trusts, by its name; empty where it cannot be used
 * @param files the configuration files that were read
 * @param places where a key is configured
 */
public record Configured(
        List<SettingsProblem> problems,
        List<RouteProperties> declared,
        Optional<Routes> routes,
        LoadedModels models,
        Optional<DevicesProperties> devices,
        Optional<IotdaProperties> iotda,
        Optional<TokenTopic> tokens,
        String deadLetters,
        RecordsProperties records,
        DataSize maxRequestSize,
        Optional<KafkaClients> kafka,
        List<Bundle> tls,
        Function<String, Optional<TrustManagerFactory>> trust,
        List<Path> files,
        Function<String, Optional<Place>> places) {

    /**
     * The topic that tokens are kept in.
     *
     * @param keys the files of its keys
     */
    public record TokenTopic(String topic, List<Path> keys) {}

    /** The configurations of Kafka's clients. They hold passwords: never print them. */
    public record KafkaClients(Map<String, Object> consumer, Map<String, Object> producer) {
        @Override
        public String toString() {
            return "(clients)";
        }
    }

    /**
     * An SSL bundle.
     *
     * @param problem why it cannot be used
     * @param certificates each with its purpose and its end
     * @param files of which it is made
     */
    public record Bundle(String name, Optional<String> problem, List<Certificate> certificates, List<KeyFile> files) {}

    /**
     * A certificate.
     *
     * @param own whether it is presented to others; otherwise it is trusted
     */
    public record Certificate(String subject, java.time.Instant end, boolean own) {}

    /** A file, and whether it holds something secret. */
    public record KeyFile(Path file, boolean secret) {}

    /**
     * A place in a file, counted from 1.
     *
     * @param file as it was given
     */
    public record Place(String file, int line, int column) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    /** The directory file, if there is one that can be read. */
    Optional<DirectoryFile> directory() {
        return devices.flatMap(DirectoryFile::path).map(DirectoryFile::read).filter(DirectoryFile::isLoaded);
    }

    /** The dead-letter topics in use. */
    Set<String> deadLetterTopics() {
        return routes.map(Routes::deadLetterTopics).orElse(Set.of(Optional.empty())).stream()
                .map(topic -> topic.orElse(deadLetters))
                .filter(topic -> !topic.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Where the dead letters of a topic go. */
    String deadLetterTopic(String source) {
        return routes.flatMap(known -> known.deadLetterTopic(source)).orElse(deadLetters);
    }

    /** Where a dead-letter topic is configured. */
    String deadLetterPath(String topic) {
        for (int i = 0; i < declared.size(); i++) {
            RouteProperties.DeadLetterProperties own = declared.get(i).deadLetter();
            if (own != null && topic.equals(own.topic())) {
                return "relay.routes[" + i + "].dead-letter.topic";
            }
        }
        return "relay.dead-letter.topic";
    }

    /** What is wrong with the routes. */
    List<SettingsProblem> mappingProblems() {
        return problems.stream()
                .filter(problem -> problem.path().startsWith("relay.routes"))
                .toList();
    }

    /** What keeps the routes from being tried; empty if they can be. */
    List<SettingsProblem> untried() {
        List<SettingsProblem> wrong = mappingProblems();
        return routes.isEmpty() && wrong.isEmpty() ? problems : wrong;
    }
}
