package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Shows the partitions of this instance; those of others have no value here. Ages grow from scrape to scrape, even if nobody shows
 * anything new.
 */
public final class PartitionMeters {

    /**
     * One partition.
     *
     * @param lag records in Kafka that are not settled, where it is known
     * @param oldestBegan when the record began that holds the committable offset, if one is in flight
     * @param stalled for how long the committable offset has stood still although something is to be done
     * @param waitsFor what that record waits for, if it is known
     * @param pause the code of the reason why the partition is paused, if it is
     */
    public record Reading(
            String topic,
            int partition,
            OptionalLong lag,
            int inFlight,
            Optional<Instant> oldestBegan,
            Duration stalled,
            Optional<String> waitsFor,
            Optional<String> pause) {

        private Tags tags() {
            return Tags.of(
                    RelayMeter.Label.TOPIC.asString(),
                    topic,
                    RelayMeter.Label.PARTITION.asString(),
                    Integer.toString(partition));
        }
    }

    private static final double MILLIS_PER_SECOND = 1000.0;

    private final InstantSource time;
    private final RecordCounts counts;
    private final MultiGauge lag;
    private final MultiGauge inFlight;
    private final MultiGauge oldestUnfinished;
    private final MultiGauge stalled;
    private final MultiGauge waiting;
    private final MultiGauge paused;
    private final Counter headBlocked;
    private final Counter replaysAvoided;

    /**
     * Meters without any partition, in a registry that nobody scrapes meanwhile.
     *
     * @param time never jumps
     */
    public PartitionMeters(MeterRegistry registry, InstantSource time) {
        this(registry, time, new RecordCounts());
    }

    /**
     * Meters without any partition.
     *
     * @param time never jumps
     * @param counts knows of scrapes: one that saw meters come and go would miss some, or see one twice and fail
     */
    PartitionMeters(MeterRegistry registry, InstantSource time, RecordCounts counts) {
        this.time = time;
        this.counts = counts;
        lag = gauge(registry, RelayMeter.PARTITION_LAG);
        inFlight = gauge(registry, RelayMeter.PARTITION_IN_FLIGHT);
        oldestUnfinished = gauge(registry, RelayMeter.PARTITION_OLDEST_UNFINISHED);
        stalled = gauge(registry, RelayMeter.PARTITION_STALLED);
        waiting = gauge(registry, RelayMeter.PARTITION_WAITING);
        paused = gauge(registry, RelayMeter.PARTITION_PAUSED);
        headBlocked = counter(registry, RelayMeter.HEAD_OF_LINE);
        replaysAvoided = counter(registry, RelayMeter.REPLAYS_AVOIDED);
    }

    private static MultiGauge gauge(MeterRegistry registry, RelayMeter meter) {
        return MultiGauge.builder(meter.getName())
                .description(meter.description())
                .baseUnit(meter.shownUnit())
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, RelayMeter meter) {
        return Counter.builder(meter.getName()).description(meter.description()).register(registry);
    }

    /** One record holds back many that are finished. */
    public void headBlocked() {
        headBlocked.increment();
    }

    /** A record need not be delivered again. */
    public void replayAvoided() {
        replaysAvoided.increment();
    }

    /** Shows these partitions from now on, and no others. */
    public void show(List<Reading> readings) {
        Instant shownAt = time.instant();
        counts.betweenScrapes(() -> replace(readings, shownAt));
    }

    private void replace(List<Reading> readings, Instant shownAt) {
        rows(lag, readings, reading -> reading.lag().stream().mapToObj(known -> Row.of(reading.tags(), known)));
        rows(inFlight, readings, reading -> Stream.of(Row.of(reading.tags(), reading.inFlight())));
        rows(
                oldestUnfinished,
                readings,
                reading -> Stream.of(Row.of(
                        reading.tags(),
                        () -> reading.oldestBegan().map(this::secondsSince).orElse(0.0))));
        rows(
                stalled,
                readings,
                reading -> Stream.of(Row.of(
                        reading.tags(),
                        () -> reading.stalled().isZero() ? 0 : secondsSince(shownAt.minus(reading.stalled())))));
        rows(waiting, readings, reading -> labelled(reading, reading.waitsFor()));
        rows(paused, readings, reading -> labelled(reading, reading.pause()));
    }

    private static void rows(
            MultiGauge gauge, List<Reading> readings, Function<Reading, Stream<? extends Row<?>>> rows) {
        gauge.register(readings.stream().<Row<?>>flatMap(rows).toList(), true);
    }

    private static Stream<Row<?>> labelled(Reading reading, Optional<String> reason) {
        return reason
                .<Row<?>>map(code -> Row.of(reading.tags().and(RelayMeter.Label.REASON.asString(), code), 1))
                .stream();
    }

    private double secondsSince(Instant then) {
        return Duration.between(then, time.instant()).toMillis() / MILLIS_PER_SECOND;
    }
}
