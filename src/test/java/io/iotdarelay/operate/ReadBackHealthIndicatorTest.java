package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.readback.ReadBackStatus;
import io.iotdarelay.readback.ReadBackStatus.NotStored;
import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;

class ReadBackHealthIndicatorTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final ReadBackStatus.Route SEEN = new ReadBackStatus.Route(
            Optional.of(NOW), Optional.of(NOW.plusSeconds(6)), NOW.plusSeconds(9), Map.of("stored", 2L));
    private static final NotStored FINDING =
            new NotStored("r", "S", "x", "missing", "the model has no such property", "21.5", new DeviceId("d"), NOW);

    @Test
    void isUnknownUntilSomethingWasLookedFor() {
        assertThat(health(Map.of(), List.of(), false).getStatus().getCode()).isEqualTo("UNKNOWN");
    }

    @Test
    void isUnknownAgainWhenThereWasNoVerdictForLong() {
        Health health = health(Map.of("r", SEEN), List.of(), false);

        assertThat(health.getStatus().getCode()).isEqualTo("UNKNOWN");
        assertThat(health.getDetails()).containsKey("routes");
    }

    @Test
    void saysWhenARouteWasSeen() {
        Health health = health(Map.of("r", SEEN), List.of(), true);

        assertThat(health.getStatus().getCode()).isEqualTo("UP");
        assertThat(health.getDetails())
                .containsEntry(
                        "routes",
                        Map.of(
                                "r",
                                Map.of(
                                        "delivered",
                                        NOW,
                                        "seen",
                                        NOW.plusSeconds(6),
                                        "checked",
                                        NOW.plusSeconds(9),
                                        "stored",
                                        2L)))
                .containsEntry("devices", 3)
                .containsEntry("services", 1)
                .containsEntry("forgotten", 4L);
    }

    @Test
    void isDownWhileSomethingIsNotStored() {
        Health health = health(Map.of("r", SEEN), List.of(FINDING), true);

        assertThat(health.getStatus().getCode()).isEqualTo("DOWN");
        assertThat(health.getDetails())
                .containsEntry(
                        "notStored",
                        List.of(
                                "route r, service S, property x: missing on the platform, last of device d, which reported"
                                        + " 21.5; the model has no such property"));
    }

    private static Health health(
            Map<String, ReadBackStatus.Route> routes, List<NotStored> notStored, boolean isCurrent) {
        Health.Builder builder = new Health.Builder();
        ReadBackHealthIndicator.describe(new ReadBackStatus(routes, notStored, 3, 1, 4, isCurrent), builder);
        return builder.build();
    }
}
