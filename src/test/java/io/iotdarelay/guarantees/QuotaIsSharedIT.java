package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Api;
import io.iotdarelay.simulator.Ledger;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * With {@code relay.quota.scope: cluster}, all instances together send no more messages in a second than the quota, while they come and
 * go, and use it well.
 */
class QuotaIsSharedIT {

    private static final int TOTAL = 40;

    /** How many records each partition has, for each of the others. */
    private static final int[] WEIGHTS = {12, 6, 2, 2, 1, 1};

    private static final int DEVICES = 15;
    private static final int RECORDS = 25;

    /** A thread may be held up between the permission and the note of it. */
    private static final Duration ALMOST_A_SECOND = Duration.ofMillis(900);

    private static final Duration MEASURED = Duration.ofSeconds(10);
    private static final double USED = 0.85;

    /** When messages were sent, by all relays of this process. */
    private final Queue<Long> sent = new ConcurrentLinkedQueue<>();

    @Test
    void amongInstancesThatComeAndGo() throws Exception {
        try (Scene scene = Scene.of("quota-shared", WEIGHTS.length)) {
            // Given
            scene.relays()
                    .withoutRoutes()
                    .with("relay.routes[0].name", "messages")
                    .with("relay.routes[0].topics[0]", scene.topic())
                    .with("relay.routes[0].to", "message")
                    .with("relay.routes[0].device-id", "key")
                    .with("relay.quota.messages-per-second", Integer.toString(TOTAL))
                    .with("relay.quota.scope", "cluster")
                    .replacing(Tracing.class, Noting::new);
            produce(scene);

            // When
            ConfigurableApplicationContext first = scene.start();
            awaitWholeQuota(List.of(first));
            awaitGoodUse();
            ConfigurableApplicationContext second = scene.start();
            ConfigurableApplicationContext third = scene.start();
            awaitWholeQuota(List.of(first, second, third));
            awaitGoodUse();
            assertThat(share(List.of(first, second, third)))
                    .as("of the owner of half of the load")
                    .anySatisfy(share -> assertThat(share).isGreaterThan(0.45));
            first.close();
            awaitWholeQuota(List.of(second, third));
            awaitGoodUse();

            // Then
            assertNoSecondHasMoreThanTheQuota();
            assertNeverAheadOfTheQuota(scene.simulator().ledger().requests(Api.MESSAGES));
        }
    }

    private static void produce(Scene scene) {
        Fleet fleet = scene.fleet(DEVICES * WEIGHTS.length);
        for (int partition = 0; partition < WEIGHTS.length; partition++) {
            for (int i = 0; i < RECORDS * WEIGHTS[partition]; i++) {
                for (int device = 0; device < DEVICES; device++) {
                    fleet.produce(
                            scene.producer(),
                            scene.topic(),
                            partition,
                            fleet.devices().get(partition * DEVICES + device));
                }
            }
        }
        scene.flush();
    }

    private static List<Double> share(List<ConfigurableApplicationContext> relays) {
        return relays.stream()
                .map(relay -> Actuator.of(relay).metrics().getOrDefault("relay_quota_share", 0.0))
                .toList();
    }

    /** Each instance has a share, and together they have all. */
    private static void awaitWholeQuota(List<ConfigurableApplicationContext> relays) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    List<Double> shares = share(relays);
                    assertThat(shares).allSatisfy(share -> assertThat(share).isPositive());
                    assertThat(shares.stream().mapToDouble(Double::doubleValue).sum())
                            .as("%s", shares)
                            .isGreaterThan(0.97);
                });
    }

    private void awaitGoodUse() {
        int before = sent.size();
        await().atMost(MEASURED)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(sent.size() - before)
                        .isGreaterThanOrEqualTo((int) (USED * TOTAL * MEASURED.toSeconds())));
    }

    private void assertNoSecondHasMoreThanTheQuota() {
        List<Long> all = new ArrayList<>(sent);
        all.sort(null);
        int begin = 0;
        for (int end = 0; end < all.size(); end++) {
            while (all.get(end) - all.get(begin) >= ALMOST_A_SECOND.toNanos()) {
                begin++;
            }
            assertThat(end - begin + 1)
                    .as("messages before %s s", (all.get(end) - all.getFirst()) / 1e9)
                    .isLessThanOrEqualTo(TOTAL);
        }
    }

    /** What arrives is bunched by whatever holds it up on the way. */
    private static void assertNeverAheadOfTheQuota(List<Ledger.Request> requests) {
        Duration window = Duration.ofSeconds(5);
        int begin = 0;
        for (int end = 0; end < requests.size(); end++) {
            while (Duration.between(requests.get(begin).at(), requests.get(end).at())
                            .compareTo(window)
                    >= 0) {
                begin++;
            }
            assertThat(end - begin + 1)
                    .as("messages that arrived until %s", requests.get(end).at())
                    .isLessThanOrEqualTo(TOTAL * ((int) window.toSeconds() + 1));
        }
    }

    /** Notes when a request is sent, which is right after it was permitted. */
    private final class Noting implements Tracing {

        private final Tracing tracing;

        Noting(Tracing tracing) {
            this.tracing = tracing;
        }

        @Override
        public RequestTrace report(List<SourceRecord> records, int attempt) {
            sent.add(System.nanoTime());
            return tracing.report(records, attempt);
        }

        @Override
        public RequestTrace authentication() {
            return tracing.authentication();
        }

        @Override
        public void rejected(SourceRecord record, RejectionReason reason) {
            tracing.rejected(record, reason);
        }

        @Override
        public void onBehalfOf(SourceRecord record, Runnable work) {
            tracing.onBehalfOf(record, work);
        }
    }
}
