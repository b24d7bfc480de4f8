package io.iotdarelay.source;

import io.iotdarelay.settings.Between;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much is read ahead of the platform, and how offsets are committed.
 *
 * @param maxInFlightRecords records that are begun and not settled, over all partitions. A partition is
 *     paused before it takes the room of the others. What one poll returns ({@code spring.kafka.consumer.max-poll-records})
 *     may exceed the bound.
 * @param maxInFlightSize the same in bytes of keys, values and headers. Never
 *     more than a quarter of the heap, which has to hold about three times as much.
 * @param commitInterval how often offsets are committed. A crash repeats what was delivered since.
 * @param drainTimeout how long a partition that leaves, or the process that ends, may wait for what is in flight.
 *     It must be shorter than the consumer's {@code max.poll.interval.ms}. A pod's grace period has to be longer.
 */
@ConfigurationProperties("relay.source")
public record SourceProperties(
        @Between(least = "1", most = "10000000") @DefaultValue("20000")
        int maxInFlightRecords,

        @Between(least = "1MB", most = "16384MB") @DefaultValue("64MB")
        DataSize maxInFlightSize,

        @Between(least = "10ms", most = "1m") @DefaultValue("1s")
        Duration commitInterval,

        @Between(least = "0s", most = "10m") @DefaultValue("20s")
        Duration drainTimeout) {}
