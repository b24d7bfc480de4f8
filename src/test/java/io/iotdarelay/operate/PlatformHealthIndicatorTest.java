package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.ApplicationStatus;
import io.iotdarelay.appside.ApplicationStatus.Trouble;
import io.iotdarelay.testing.UnansweredSide;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;

class PlatformHealthIndicatorTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"true, DOWN", "false, OUT_OF_SERVICE"})
    void tellsAMistakeFromAnOutage(boolean misconfigured, String status) {
        Health health = health(Optional.of(new Trouble("why", misconfigured, NOW)), Optional.empty());

        assertThat(health.getStatus().getCode()).isEqualTo(status);
        assertThat(health.getDetails())
                .containsEntry("reason", "why")
                .containsEntry("since", NOW)
                .containsEntry("breaker", "OPEN")
                .doesNotContainKey("answered");
    }

    @ParameterizedTest
    @CsvSource({"true, UP", "false, UNKNOWN"})
    void isUpOnceItAnswered(boolean asked, String status) {
        Health health = health(Optional.empty(), Optional.of(NOW).filter(at -> asked));

        assertThat(health.getStatus().getCode()).isEqualTo(status);
        assertThat(health.getDetails().containsKey("answered")).isEqualTo(asked);
        assertThat(health.getDetails()).containsEntry("requestsPerSecond", 10.0).containsEntry("waiting", 3);
    }

    private static Health health(Optional<Trouble> trouble, Optional<Instant> answered) {
        ApplicationStatus status = new ApplicationStatus(trouble, "OPEN", 10, 3, answered);
        return Objects.requireNonNull(new PlatformHealthIndicator(new Side(status)).health());
    }

    /** An application side that is only looked at. */
    private record Side(ApplicationStatus status) implements UnansweredSide {}
}
