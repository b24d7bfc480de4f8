package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.CommandRun;
import io.iotdarelay.testing.LocalKafka;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check --connect} says of the topic of tokens. */
class TokenTopicIsCheckedIT {

    @TempDir
    private Path folder = Path.of("");

    @Test
    void saysWhatIsWrongWithTheTopic() {
        LocalKafka kafka = LocalKafka.shared();
        kafka.createTopic("check.compacted", 1, "cleanup.policy=compact");
        kafka.createTopic("check.both", 1, "cleanup.policy=compact,delete", "retention.ms=259200000");
        kafka.createTopic("check.early", 1, "cleanup.policy=compact,delete", "retention.ms=3600000");
        kafka.createTopic("check.deleted", 1, "cleanup.policy=delete");
        String servers = "spring.kafka.bootstrap-servers: " + kafka.bootstrapServers();

        assertThat(check("check.compacted", servers)).doesNotContain("relay.tokens");
        assertThat(check("check.both", servers)).doesNotContain("relay.tokens");
        assertThat(check("check.missing", servers))
                .contains("error  kafka  relay.tokens.topic: topic check.missing does not exist");
        assertThat(check("check.deleted", servers))
                .contains(
                        "error  kafka  relay.tokens.topic: topic check.deleted is not compacted: its cleanup.policy is"
                                + " 'delete'");
        assertThat(check("check.early", servers))
                .contains("warning  kafka  relay.tokens.topic: topic check.early deletes tokens while they live: its"
                        + " retention.ms is 3600000, which is less than a day");
    }

    @Test
    void saysWhichPermissionIsMissing() {
        try (LocalKafka kafka = LocalKafka.withPermissions(Map.of("relay", "word"))) {
            kafka.createTopic("read", 1, "cleanup.policy=compact");
            kafka.createTopic("written", 1, "cleanup.policy=compact");
            kafka.createTopic("none", 1, "cleanup.policy=compact");
            permit(kafka, "read", AclOperation.READ);
            permit(kafka, "written", AclOperation.WRITE);
            String access = """
                    spring.kafka:
                      bootstrap-servers: %s
                      security.protocol: SASL_PLAINTEXT
                      properties:
                        sasl.mechanism: PLAIN
                        sasl.jaas.config: org.apache.kafka.common.security.plain.PlainLoginModule required username="relay" password="word";
                    """.formatted(kafka.otherBootstrapServers());

            assertThat(check("read", access))
                    .contains(
                            "error  kafka  relay.tokens.topic: not permitted to WRITE topic read",
                            "warning  kafka  relay.tokens.topic: not permitted to DESCRIBE_CONFIGS of topic read: whether it is"
                                    + " compacted is not known")
                    .doesNotContain("READ topic read");
            assertThat(check("written", access))
                    .contains("error  kafka  relay.tokens.topic: not permitted to READ topic written")
                    .doesNotContain("WRITE topic written");
            assertThat(check("none", access))
                    .contains("error  kafka  relay.tokens.topic: not permitted to DESCRIBE topic none");
        }
    }

    private String check(String topic, String kafka) {
        Workplace place = Workplace.valid(folder);
        place.write("token-keys/k", Base64.getEncoder().encodeToString(new byte[32]));
        place.change("spring.kafka.bootstrap-servers: 127.0.0.1:1\n", kafka + "\n");
        place.change("relay:\n", """
                relay:
                  tokens: { store: topic, topic: %s, keys: "file:%s", key: k }
                """.formatted(topic, place.path("token-keys")));
        return CommandRun.of("check", place.config(), "--connect", "--no-authentication")
                .out();
    }

    private static void permit(LocalKafka kafka, String topic, AclOperation operation) {
        AclBinding binding = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:relay", "*", operation, AclPermissionType.ALLOW));
        kafka.administer(admin -> admin.createAcls(List.of(binding)).all().get());
    }
}
