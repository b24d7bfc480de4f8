package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** At every scrape, what began is delivered, rejected, skipped, abandoned or in flight. */
class CountersReconcileIT {

    @Test
    void addUpAtEveryScrape() throws Exception {
        try (Scene scene = Scene.of("counters", 4)) {
            // Given
            Fleet fleet = scene.fleet(50);
            scene.simulator().faults().inject(new Fault.Delay(Duration.ofMillis(1), Duration.ofMillis(30)));
            ConfigurableApplicationContext relay = scene.start();
            Actuator actuator = Actuator.of(relay);
            List<Map<String, Double>> scrapes = new ArrayList<>();
            scrapes.add(actuator.metrics());

            // When
            for (int round = 0; round < 40; round++) {
                fleet.produceForEach(scene.producer(), scene.topic(), 5);
                scene.send("x", "not json");
                scene.send("x y", "{\"n\":1}");
                scene.send("x", null);
                scene.flush();
                scrapes.add(actuator.metrics());
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> scene.kafka().lag("counters", "counters") == 0);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> count(actuator.metrics(), "relay_records_in_flight{") == 0);
            Map<String, Double> last = actuator.metrics();
            scrapes.add(last);

            // Then
            assertThat(scrapes).allSatisfy(CountersReconcileIT::assertAddsUp);
            assertThat(scrapes)
                    .anySatisfy(scrape -> assertThat(count(scrape, "relay_records_in_flight{"))
                            .isPositive());
            assertThat(count(last, "relay_records_begun_total{")).isEqualTo(40 * 253);
            assertThat(count(last, "relay_records_delivered_total{")).isEqualTo(40 * 250);
            assertThat(count(last, "relay_records_skipped_total{")).isEqualTo(40);
            assertThat(last)
                    .containsEntry("relay_records_rejected_total{reason=\"undecodable\",route=\"properties\"}", 40.0)
                    .containsEntry("relay_records_rejected_total{reason=\"unmappable\",route=\"properties\"}", 40.0)
                    .containsEntry("relay_tokens_fetched_total", 50.0)
                    .containsEntry("relay_tokens_cached", 50.0)
                    .containsEntry("relay_requests_total{api=\"device-auth\",outcome=\"accepted\"}", 50.0);
            assertThat(count(last, "relay_request_records_sum{")).isEqualTo(40 * 250);
            assertThat(count(last, "relay_record_latency_seconds_count{")).isEqualTo(40 * 250);
            assertThat(last.keySet()).noneMatch(sample -> sample.contains("counters-1\"") && sample.contains("device"));
        }
    }

    private static void assertAddsUp(Map<String, Double> scrape) {
        assertThat(count(scrape, "relay_records_begun_total{")).isEqualTo(Actuator.accountedFor(scrape));
    }

    private static double count(Map<String, Double> scrape, String prefix) {
        return Actuator.sum(scrape, prefix);
    }
}
