package io.iotdarelay.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Publishes the partitions of this instance; those of others have no value here. Ages grow from scrape to scrape, even
 * without an update.
 */
public final class PartitionMeters {

    /**
     * One partition.
     *
     * @param lag records in Kafka that are not settled, up to the high watermark, where it is known
     * @param oldestBegan when the record began that holds the committable offset, if one is in flight
     * @param stalled for how long the committed offset has not moved although there is something to do
     * @param uncommitted for how long commits have been due without one that Kafka has acknowledged
     * @param openTransaction for how long an open transaction has held up the partition, if one does
     * @param retention the age at which records may be deleted, where it is known and something waits
     * @param retentionLeft until the oldest uncommitted record has that age
     * @param waitsFor what that record, or the partition, waits for, if it is known
     * @param pause the code of the reason why the partition is paused, if it is
     */
    public record Reading(
            String topic,
            int partition,
            OptionalLong lag,
            int inFlight,
            Optional<Instant> oldestBegan,
            Duration stalled,
            Duration uncommitted,
            Optional<Duration> openTransaction,
            Optional<Duration> retention,
            Optional<Duration> retentionLeft,
            Optional<String> waitsFor,
            Optional<String> pause) {

        private Tags tags() {
            return PartitionMeters.tags(topic, partition);
        }
    }

    /** Records of a partition that retention has deleted, and nobody has acknowledged. The partition may have moved on since. */
    public record Lost(String topic, int partition, long records) {}

    private static Tags tags(String topic, int partition) {
        return Tags.of(
                RelayMeter.Label.TOPIC.asString(),
                topic,
                RelayMeter.Label.PARTITION.asString(),
                Integer.toString(partition));
    }

    private static final double MILLIS_PER_SECOND = 1000.0;

    private final MeterRegistry registry;
    private final InstantSource time;
    private final RecordCounts counts;
    private final MultiGauge lag;
    private final MultiGauge inFlight;
    private final MultiGauge oldestUnfinished;
    private final MultiGauge stalled;
    private final MultiGauge uncommitted;
    private final MultiGauge openTransaction;
    private final MultiGauge retention;
    private final MultiGauge retentionLeft;
    private final MultiGauge lost;
    private final MultiGauge waiting;
    private final MultiGauge paused;
    private final Counter headBlocked;
    private final Counter replaysAvoided;

    /**
     * Meters without any partition, in a registry that is not scraped meanwhile.
     *
     * @param time the monotonic clock
     */
    public PartitionMeters(MeterRegistry registry, InstantSource time) {
        this(registry, time, new RecordCounts());
    }

    /**
     * Meters without any partition.
     *
     * @param time the monotonic clock
     * @param counts knows of scrapes: one that saw meters come and go would miss some, or see one twice and fail
     */
    PartitionMeters(MeterRegistry registry, InstantSource time, RecordCounts counts) {
        this.registry = registry;
        this.time = time;
        this.counts = counts;
        lag = gauge(registry, RelayMeter.PARTITION_LAG);
        inFlight = gauge(registry, RelayMeter.PARTITION_IN_FLIGHT);
        oldestUnfinished = gauge(registry, RelayMeter.PARTITION_OLDEST_UNFINISHED);
        stalled = gauge(registry, RelayMeter.PARTITION_STALLED);
        uncommitted = gauge(registry, RelayMeter.PARTITION_UNCOMMITTED);
        openTransaction = gauge(registry, RelayMeter.PARTITION_OPEN_TRANSACTION);
        retention = gauge(registry, RelayMeter.PARTITION_RETENTION);
        retentionLeft = gauge(registry, RelayMeter.PARTITION_RETENTION_LEFT);
        lost = gauge(registry, RelayMeter.PARTITION_LOST);
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

    /** This many records of a topic were deleted before they were read. */
    public void lost(String topic, long records) {
        lost(topic).increment((double) records);
    }

    private Counter lost(String topic) {
        return Counter.builder(RelayMeter.RECORDS_LOST.getName())
                .description(RelayMeter.RECORDS_LOST.description())
                .tag(RelayMeter.Label.TOPIC.asString(), topic)
                .register(registry);
    }

    /** Shows these partitions from now on, and no others. */
    public void show(List<Reading> readings, List<Lost> losses) {
        Instant shownAt = time.instant();
        counts.betweenScrapes(() -> replace(readings, losses, shownAt));
    }

    private void replace(List<Reading> readings, List<Lost> losses, Instant shownAt) {
        // A counter that is there before it counts lets Prometheus see the increase.
        readings.stream().map(Reading::topic).distinct().forEach(this::lost);
        lost.register(lostByPartition(losses), true);
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
                reading -> Stream.of(Row.of(reading.tags(), () -> growing(reading.stalled(), shownAt))));
        rows(
                uncommitted,
                readings,
                reading -> Stream.of(Row.of(reading.tags(), () -> growing(reading.uncommitted(), shownAt))));
        rows(
                openTransaction,
                readings,
                reading -> reading.openTransaction().stream()
                        .map(age -> Row.of(reading.tags(), () -> growing(age, shownAt))));
        rows(
                retention,
                readings,
                reading -> reading.retention().stream().map(age -> Row.of(reading.tags(), seconds(age))));
        rows(
                retentionLeft,
                readings,
                reading -> reading.retentionLeft().stream().map(left -> Row.of(reading.tags(), seconds(left))));
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

    private static List<? extends Row<?>> lostByPartition(List<Lost> losses) {
        Map<Tags, Long> sums = new LinkedHashMap<>();
        losses.forEach(each -> sums.merge(tags(each.topic(), each.partition()), each.records(), Long::sum));
        return sums.entrySet().stream()
                .map(sum -> Row.of(sum.getKey(), sum.getValue()))
                .toList();
    }

    /** An age, as of the time when it was published. */
    private double growing(Duration age, Instant shownAt) {
        return age.isZero() ? 0 : secondsSince(shownAt.minus(age));
    }

    private double secondsSince(Instant then) {
        return seconds(Duration.between(then, time.instant()));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / MILLIS_PER_SECOND;
    }
}
