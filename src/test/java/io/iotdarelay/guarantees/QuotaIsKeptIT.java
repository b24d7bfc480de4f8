package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * No more messages, as the platform counts them, than were bought, and those that were bought are filled. That no single second has more
 * of them when they are sent is checked by {@code RateLimiterTest}: what arrives is bunched by whatever holds it up on the way.
 */
class QuotaIsKeptIT {

    private static final int QUOTA = 60;
    private static final int UNIT = 4096;

    /** For how long the first connection, and whatever was sent meanwhile, may take to arrive. */
    private static final double FIRST_ARRIVES_AFTER = 2;

    @Test
    void withABacklogOfAllDevices() throws Exception {
        try (Scene scene = Scene.of("paced", 4)) {
            // Given
            Fleet fleet = scene.fleet(100);
            scene.relays().with("relay.quota.messages-per-second", Integer.toString(QUOTA));
            fleet.produceForEach(scene.producer(), scene.topic(), 250);

            // When
            scene.start();
            Audit audit = scene.settled(fleet, Duration.ofSeconds(90));

            // Then
            Scene.assertDeliveredOnce(audit);
            List<Ledger.Request> requests = scene.simulator().ledger().requests(Api.PROPERTIES);
            assertNeverAheadOfTheQuota(requests);
            double bytes = requests.stream().mapToInt(Ledger.Request::body).sum();
            double units = requests.stream().mapToInt(QuotaIsKeptIT::units).sum();
            Duration took = Duration.between(
                    requests.getFirst().at(), requests.getLast().at());
            assertThat(bytes / units / UNIT).as("how full a message is").isGreaterThan(0.8);
            assertThat(units / (took.toMillis() / 1000.0))
                    .as("messages a second")
                    .isGreaterThan(0.7 * QUOTA);
        }
    }

    private static void assertNeverAheadOfTheQuota(List<Ledger.Request> requests) {
        double units = 0;
        for (Ledger.Request request : requests) {
            units += units(request);
            double seconds =
                    Duration.between(requests.getFirst().at(), request.at()).toMillis() / 1000.0;
            assertThat(units)
                    .as("after %s s", seconds)
                    .isLessThanOrEqualTo(QUOTA * (seconds + 1 + FIRST_ARRIVES_AFTER));
        }
    }

    private static int units(Ledger.Request request) {
        return Math.ceilDiv(request.body(), UNIT);
    }
}
