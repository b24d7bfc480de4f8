package io.iotdarelay.commands;

import io.iotdarelay.commands.Finding.Rule;
import io.iotdarelay.kafka.Bootstrap;
import io.iotdarelay.kafka.ClientSettings;
import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.kafka.Reach;
import io.iotdarelay.mapping.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Checks what the relay needs of Kafka, without reading or writing a record and without joining a group. */
final class KafkaChecks {

    /** Room for the headers of a dead letter. */
    private static final int HEADERS = 16 * 1024;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /** IoTDA's tokens are valid for a day. */
    private static final Duration TOKENS_LIVE = Duration.ofDays(1);

    private static final String SERVERS = "spring.kafka.bootstrap-servers";

    private final Configured configured;
    private final Map<String, Object> consumer;
    private final List<Finding> findings = new ArrayList<>();

    KafkaChecks(Configured configured, Configured.KafkaClients clients) {
        this.configured = configured;
        this.consumer = clients.consumer();
    }

    List<Finding> all() {
        Reach reach = new Bootstrap(consumer).check();
        if (reach.trouble().isPresent()) {
            return List.of(Finding.error(Rule.KAFKA, SERVERS, reach.trouble().get())
                    .at(configured.places().apply(SERVERS)));
        }
        reach.unreachable().forEach(why -> findings.add(Finding.warning(Rule.KAFKA, SERVERS, why)));
        try {
            Admin admin = Admin.create(ClientSettings.admin(consumer));
            try {
                ask(admin);
            } finally {
                admin.close(CLOSE_TIMEOUT);
            }
        } catch (KafkaException e) {
            findings.add(Finding.error(Rule.KAFKA, SERVERS, KafkaFailure.ofReading(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(findings);
    }

    private void ask(Admin admin) throws InterruptedException {
        Set<String> sources = sources(admin);
        Map<String, String> topics = new LinkedHashMap<>();
        sources.forEach(topic -> topics.put(topic, "relay.routes"));
        configured
                .devices()
                .map(devices -> devices.topic())
                .ifPresent(topic -> topics.put(topic, "relay.devices.topic"));
        Map<String, TopicDescription> found = new HashMap<>();
        for (Map.Entry<String, String> topic : topics.entrySet()) {
            describe(admin, topic.getKey(), topic.getValue(), Rule.KAFKA, AclOperation.READ)
                    .ifPresent(description -> found.put(topic.getKey(), description));
        }
        group(admin);
        if (configured.tokens().isPresent()) {
            tokens(admin, configured.tokens().get().topic());
        }
        deadLetters(admin, sources.stream().filter(found::containsKey).toList());
    }

    /** Without compaction a start reads what was written for days, and with early deletion tokens end before their time. */
    private void tokens(Admin admin, String topic) throws InterruptedException {
        String path = "relay.tokens.topic";
        if (describe(admin, topic, path, Rule.KAFKA, AclOperation.READ, AclOperation.WRITE)
                .isEmpty()) {
            return;
        }
        Optional<String> policy = setting(admin, topic, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy.isEmpty()) {
            findings.add(Finding.warning(
                    Rule.KAFKA,
                    path,
                    "not permitted to DESCRIBE_CONFIGS of topic " + topic + ": whether it is compacted is not known"));
            return;
        }
        if (!policy.get().contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            findings.add(Finding.error(
                    Rule.KAFKA,
                    path,
                    "topic " + topic + " is not compacted: its cleanup.policy is '" + policy.get() + "'"));
        }
        if (policy.get().contains(TopicConfig.CLEANUP_POLICY_DELETE)) {
            setting(admin, topic, TopicConfig.RETENTION_MS_CONFIG)
                    .map(Long::valueOf)
                    .filter(millis -> millis >= 0 && millis < TOKENS_LIVE.toMillis())
                    .ifPresent(millis -> findings.add(Finding.warning(
                            Rule.KAFKA,
                            path,
                            "topic " + topic + " deletes tokens while they live: its retention.ms is " + millis
                                    + ", which is less than a day")));
        }
    }

    /** Each dead-letter topic in use, with the topics whose dead letters go there. */
    private void deadLetters(Admin admin, List<String> sources) throws InterruptedException {
        Map<String, List<String>> topics = new LinkedHashMap<>();
        configured.deadLetterTopics().forEach(topic -> topics.put(topic, new ArrayList<>()));
        for (String source : sources) {
            topics.computeIfPresent(configured.deadLetterTopic(source), (topic, of) -> {
                of.add(source);
                return of;
            });
        }
        for (Map.Entry<String, List<String>> topic : topics.entrySet()) {
            String path = configured.deadLetterPath(topic.getKey());
            if (describe(admin, topic.getKey(), path, Rule.DEAD_LETTER, AclOperation.WRITE)
                    .isPresent()) {
                sizes(admin, topic.getKey(), path, topic.getValue());
            }
        }
    }

    /** The topics of all routes; those of a pattern as far as they exist now. */
    private Set<String> sources(Admin admin) throws InterruptedException {
        if (configured.routes().isEmpty()) {
            return Set.of();
        }
        Routes routes = configured.routes().get();
        Set<String> topics = new LinkedHashSet<>(routes.topics().keySet());
        if (!routes.patterns().isEmpty()) {
            Answer<Set<String>> all = ask(admin.listTopics().names());
            for (Routes.ByPattern pattern : routes.patterns()) {
                List<String> matching = all instanceof Answer.Given<Set<String>> names
                        ? names.value().stream()
                                .filter(name -> pattern.topics().matcher(name).matches())
                                .toList()
                        : List.of();
                if (matching.isEmpty()) {
                    findings.add(Finding.warning(
                            Rule.KAFKA,
                            "relay.routes",
                            "the topic-pattern of route " + pattern.route().name()
                                    + " matches no topic that may be described"));
                }
                topics.addAll(matching);
            }
        }
        return topics;
    }

    private Optional<TopicDescription> describe(
            Admin admin, String topic, String path, Rule rule, AclOperation... wanted) throws InterruptedException {
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        KafkaFuture<TopicDescription> asked = Objects.requireNonNull(
                admin.describeTopics(List.of(topic), options).topicNameValues().get(topic));
        return switch (ask(asked)) {
            case Answer.Given<TopicDescription> given -> {
                Set<AclOperation> permitted = given.value().authorizedOperations();
                for (AclOperation operation : wanted) {
                    if (permitted != null && !permitted.contains(operation)) {
                        findings.add(Finding.error(rule, path, "not permitted to " + operation + " topic " + topic));
                    }
                }
                yield Optional.of(given.value());
            }
            case Answer.Refused<TopicDescription> refused -> {
                String why = switch (refused.failure()) {
                    case UnknownTopicOrPartitionException ignored -> "topic " + topic + " does not exist";
                    case TopicAuthorizationException ignored -> "not permitted to DESCRIBE topic " + topic;
                    default -> "topic " + topic + ": " + KafkaFailure.ofReading(refused.failure());
                };
                findings.add(
                        Finding.error(rule, path, why).at(configured.places().apply(path)));
                yield Optional.empty();
            }
        };
    }

    /** A group that does not exist yet has no permissions to show; that it may be asked for is all there is to see. */
    private void group(Admin admin) throws InterruptedException {
        String path = "spring.kafka.consumer.group-id";
        String group = Objects.toString(consumer.get(ConsumerConfig.GROUP_ID_CONFIG), "");
        if (group.isEmpty()) {
            findings.add(Finding.error(Rule.KAFKA, path, "a group is required"));
            return;
        }
        DescribeConsumerGroupsOptions options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
        var asked = Objects.requireNonNull(admin.describeConsumerGroups(List.of(group), options)
                .describedGroups()
                .get(group));
        switch (ask(asked)) {
            case Answer.Given<?> given -> {
                Set<AclOperation> permitted = ((org.apache.kafka.clients.admin.ConsumerGroupDescription) given.value())
                        .authorizedOperations();
                if (permitted != null && !permitted.contains(AclOperation.READ)) {
                    findings.add(Finding.error(Rule.KAFKA, path, "not permitted to READ group " + group));
                }
            }
            case Answer.Refused<?> refused -> {
                if (!(refused.failure() instanceof GroupIdNotFoundException)) {
                    findings.add(Finding.error(Rule.KAFKA, path, KafkaFailure.ofReading(refused.failure())));
                }
            }
        }
    }

    private void sizes(Admin admin, String letters, String path, List<String> sources) throws InterruptedException {
        Optional<Integer> room = maxMessage(admin, letters);
        if (room.isEmpty()) {
            findings.add(Finding.warning(
                    Rule.DEAD_LETTER,
                    path,
                    "not permitted to DESCRIBE_CONFIGS of topic " + letters
                            + ": whether its max.message.bytes suffices is not known"));
            return;
        }
        for (String source : sources) {
            maxMessage(admin, source)
                    .filter(size -> size + HEADERS > room.get())
                    .ifPresent(size -> findings.add(Finding.warning(
                            Rule.DEAD_LETTER,
                            path,
                            "max.message.bytes of topic " + letters + " is " + room.get()
                                    + ", which is not 16 KB more than the " + size + " of topic " + source
                                    + ": a large record could not be written as a dead letter")));
        }
    }

    private static Optional<Integer> maxMessage(Admin admin, String topic) throws InterruptedException {
        return setting(admin, topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG).map(Integer::valueOf);
    }

    /** Empty if it may not be seen. */
    private static Optional<String> setting(Admin admin, String topic, String name) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        KafkaFuture<Config> asked = Objects.requireNonNull(
                admin.describeConfigs(List.of(resource)).values().get(resource));
        if (ask(asked) instanceof Answer.Given<Config> given) {
            return Optional.ofNullable(given.value().get(name)).map(ConfigEntry::value);
        }
        return Optional.empty();
    }

    /** What the brokers say. */
    private sealed interface Answer<T> {

        record Given<T>(T value) implements Answer<T> {}

        record Refused<T>(Throwable failure) implements Answer<T> {}
    }

    private static <T> Answer<T> ask(KafkaFuture<T> future) throws InterruptedException {
        try {
            return new Answer.Given<>(future.get());
        } catch (ExecutionException e) {
            return new Answer.Refused<>(e.getCause() == null ? e : e.getCause());
        }
    }
}
