package io.iotdarelay.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Shows the partitions of this instance; those of others have no value here. */
public final class PartitionMeters {

    /**
     * One partition.
     *
     * @param pause the code of the reason why it is paused, if it is
     */
    public record Reading(String topic, int partition, Duration oldestUnfinished, Optional<String> pause) {

        private Tags tags() {
            return Tags.of(
                    RelayMeter.Label.TOPIC.asString(),
                    topic,
                    RelayMeter.Label.PARTITION.asString(),
                    Integer.toString(partition));
        }
    }

    private static final double MILLIS_PER_SECOND = 1000.0;

    private final MultiGauge oldestUnfinished;
    private final MultiGauge paused;

    public PartitionMeters(MeterRegistry registry) {
        oldestUnfinished = gauge(registry, RelayMeter.PARTITION_OLDEST_UNFINISHED);
        paused = gauge(registry, RelayMeter.PARTITION_PAUSED);
    }

    private static MultiGauge gauge(MeterRegistry registry, RelayMeter meter) {
        return MultiGauge.builder(meter.getName())
                .description(meter.description())
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }

    /** Shows these partitions from now on, and no others. */
    public void show(List<Reading> readings) {
        oldestUnfinished.register(
                readings.stream()
                        .map(reading -> Row.of(
                                reading.tags(), reading.oldestUnfinished().toMillis() / MILLIS_PER_SECOND))
                        .toList(),
                true);
        paused.register(
                readings.stream()
                        .flatMap(reading -> reading
                                .pause()
                                .map(reason ->
                                        Row.of(reading.tags().and(RelayMeter.Label.REASON.asString(), reason), 1))
                                .stream())
                        .toList(),
                true);
    }
}
