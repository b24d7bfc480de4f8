package io.iotdarelay.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionMetersTest {

    private static final int PARTITIONS = 50;
    private static final int SCRAPES = 500;

    private final RecordCounts counts = new RecordCounts();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT, new SteadyPrometheusRegistry(counts), io.micrometer.core.instrument.Clock.SYSTEM);
    private final PartitionMeters meters = new PartitionMeters(registry, InstantSource.fixed(Instant.EPOCH), counts);

    /** A registry whose gauges are replaced while it is read shows some of them twice, and fails, or not at all. */
    @Test
    void showsEachPartitionOnceAtEveryScrape() throws InterruptedException {
        meters.show(readings(0), List.of());
        AtomicBoolean stop = new AtomicBoolean();
        Thread showing = Thread.ofPlatform().start(() -> {
            for (long lag = 1; !stop.get(); lag++) {
                meters.show(readings(lag), List.of());
            }
        });
        try {
            for (int i = 0; i < SCRAPES; i++) {
                String scraped = registry.scrape();
                assertThat(scraped.lines().filter(line -> line.startsWith("relay_partition_lag{")))
                        .hasSize(PARTITIONS);
                assertThat(scraped.lines().filter(line -> line.startsWith("relay_partition_stalled_seconds{")))
                        .hasSize(PARTITIONS);
            }
        } finally {
            stop.set(true);
            showing.join();
        }
    }

    @Test
    void showsWhatCameDuringAScrapeAtTheNextOne() {
        meters.show(readings(1), List.of());
        counts.scrape(() -> {
            Thread other = Thread.ofPlatform().start(() -> {
                meters.show(readings(2), List.of());
                meters.show(readings(3), List.of());
            });
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return "";
        });

        assertThat(registry.scrape()).contains("relay_partition_lag{partition=\"0\",topic=\"t\"} 3.0");
    }

    private static List<PartitionMeters.Reading> readings(long lag) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new PartitionMeters.Reading(
                        "t",
                        partition,
                        OptionalLong.of(lag),
                        0,
                        Optional.empty(),
                        Duration.ZERO,
                        Duration.ZERO,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .toList();
    }
}
