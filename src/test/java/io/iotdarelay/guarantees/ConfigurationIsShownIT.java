package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Actuator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** What does it run with, and where does that come from? Without a secret. */
@Execution(ExecutionMode.CONCURRENT)
class ConfigurationIsShownIT {

    private static final String PLANTED = "planted-secret-value";

    @Test
    void showsWhatIsInForceAndWhereItComesFromButNoSecret() throws Exception {
        try (Scene scene = Scene.of("configuration", 1)) {
            // Given
            scene.fleet(1);
            scene.relays()
                    .with("relay.quota.messages-per-second", "123")
                    .with("relay.access.users[0].name", "viewer")
                    .with("relay.access.users[0].password", PLANTED + "-1")
                    .with("relay.platform.endpoint", "https://localhost:1")
                    .with("relay.platform.project-id", "0123456789abcdef0123456789abcdef")
                    .with("relay.platform.region", "cn-north-4")
                    .with("relay.platform.access-key", PLANTED + "-2")
                    .with("relay.platform.secret-key", PLANTED + "-3");

            // When
            Actuator operator = Actuator.of(scene.start()).asOperator();
            JsonNode shown = operator.json("/configuration");
            String text = shown.toString();

            // Then
            assertThat(text).doesNotContain(PLANTED);
            JsonNode relay = shown.path("relay");
            assertThat(relay.path("quota").path("messages-per-second").asInt()).isEqualTo(123);
            assertThat(shown.path("from")
                            .path("relay.quota.messages-per-second")
                            .asString(""))
                    .contains("relay.quota.messages-per-second");
            assertThat(relay.path("source").path("drain-timeout").asString("")).isNotEmpty();
            assertThat(shown.path("from").has("relay.source.max-poll-records")).isFalse();
            assertThat(relay.path("platform").path("secret-key").asString("")).isEqualTo("******");
            assertThat(relay.path("access").path("max-connections-per-address").asInt())
                    .isPositive();
            assertThat(shown.path("kafka").path("bootstrap-servers")).isNotEmpty();
        }
    }
}
