package io.iotdarelay.source;

import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much is read ahead of the platform, and how offsets are committed.
 *
 * @param maxInFlightRecords records that are begun and not settled, over all partitions; 1 to 10000000. A partition is
 *     paused before it takes the room of the others. What one poll returns ({@code spring.kafka.consumer.max-poll-records})
 *     may exceed the bound.
 * @param maxInFlightSize the same in bytes of keys, values and headers; 1MB to 16384MB. Never
 *     more than a quarter of the heap, which has to hold about three times as much.
 * @param commitInterval how often offsets are committed; 10ms to 1m. A crash repeats what was delivered since.
 * @param drainTimeout how long a partition that leaves, or the process that ends, may wait for what is in flight; 0s to 10m.
 *     It must be shorter than the consumer's {@code max.poll.interval.ms}. A pod's grace period has to be longer.
 */
@ConfigurationProperties("relay.source")
public record SourceProperties(
        @DefaultValue("20000") int maxInFlightRecords,
        @DefaultValue("64MB") DataSize maxInFlightSize,
        @DefaultValue("1s") Duration commitInterval,
        @DefaultValue("20s") Duration drainTimeout) {

    private static final int MOST_RECORDS = 10_000_000;
    private static final DataSize LEAST_SIZE = DataSize.ofMegabytes(1);
    private static final DataSize MOST_SIZE = DataSize.ofGigabytes(16);
    private static final Duration LEAST_COMMIT_INTERVAL = Duration.ofMillis(10);
    private static final Duration MOST_COMMIT_INTERVAL = Duration.ofMinutes(1);
    private static final Duration MOST_DRAIN_TIMEOUT = Duration.ofMinutes(10);

    public SourceProperties {
        new Requirements("relay.source")
                .between(maxInFlightRecords, 1, MOST_RECORDS, "max-in-flight-records")
                .between(maxInFlightSize, LEAST_SIZE, MOST_SIZE, "max-in-flight-size")
                .between(commitInterval, LEAST_COMMIT_INTERVAL, MOST_COMMIT_INTERVAL, "commit-interval")
                .between(drainTimeout, Duration.ZERO, MOST_DRAIN_TIMEOUT, "drain-timeout")
                .check();
    }
}
