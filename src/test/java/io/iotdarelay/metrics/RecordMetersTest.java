package io.iotdarelay.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RejectionReason;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RecordMetersTest {

    private final RecordCounts counts = new RecordCounts();
    private final PrometheusRegistry steady = new SteadyPrometheusRegistry(counts);
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, steady, io.micrometer.core.instrument.Clock.SYSTEM);
    private final RecordMeters meters = new RecordMeters(registry, counts);

    @Test
    void showsEveryRouteFromTheStart() {
        meters.expect(List.of("a", "b"));

        assertThat(registry.scrape())
                .contains("relay_records_begun_total{route=\"a\"} 0.0")
                .contains("relay_records_rejected_total{reason=\"undecodable\",route=\"b\"} 0.0")
                .contains("relay_records_in_flight{route=\"b\"} 0.0");
    }

    @Test
    void showsWhatWasPublished() {
        meters.begun("a");
        meters.begun("a");
        meters.delivered("a", Duration.ofMillis(80));
        meters.rejected("a", RejectionReason.REFUSED);
        assertThat(registry.scrape()).contains("relay_records_begun_total{route=\"a\"} 0.0");

        meters.publish();

        assertThat(registry.scrape())
                .contains("relay_records_begun_total{route=\"a\"} 2.0")
                .contains("relay_records_delivered_total{route=\"a\"} 1.0")
                .contains("relay_records_rejected_total{reason=\"refused\",route=\"a\"} 1.0")
                .contains("relay_records_in_flight{route=\"a\"} 0.0")
                .contains("relay_record_latency_seconds_count{route=\"a\"} 1");
    }

    @Test
    void takesARecordFromTheFutureForFresh() {
        meters.delivered("a", Duration.ofSeconds(-5));
        meters.publish();

        assertThat(registry.scrape()).contains("relay_record_latency_seconds_sum{route=\"a\"} 0.0");
    }

    @Test
    void addsUpAtEveryScrape() throws InterruptedException {
        meters.expect(List.of("a"));
        AtomicBoolean stop = new AtomicBoolean();
        Thread counting = Thread.ofPlatform().start(() -> {
            SplittableRandom random = new SplittableRandom(1);
            while (!stop.get()) {
                for (int i = 0; i < 100; i++) {
                    meters.begun("a");
                    switch (random.nextInt(5)) {
                        case 0 -> meters.delivered("a", Duration.ZERO);
                        case 1 -> meters.rejected("a", RejectionReason.UNMAPPABLE);
                        case 2 -> meters.skipped("a");
                        case 3 -> meters.abandoned("a", 1);
                        default -> {}
                    }
                    meters.publish();
                }
            }
        });
        try {
            double last = 0;
            for (int i = 0; i < 300; i++) {
                String scraped = registry.scrape();
                double begun = sum(scraped, "relay_records_begun_total");
                assertThat(begun)
                        .isEqualTo(sum(scraped, "relay_records_delivered_total")
                                + sum(scraped, "relay_records_rejected_total")
                                + sum(scraped, "relay_records_skipped_total")
                                + sum(scraped, "relay_records_abandoned_total")
                                + sum(scraped, "relay_records_in_flight"));
                assertThat(begun).isGreaterThanOrEqualTo(last);
                last = begun;
            }
            assertThat(last).isPositive();
        } finally {
            stop.set(true);
            counting.join();
        }
    }

    private static double sum(String scraped, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + "\\{[^}]*} (\\S+)$").matcher(scraped);
        double sum = 0;
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return sum;
    }
}
