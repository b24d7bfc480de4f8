package io.iotdarelay.source;

import io.iotdarelay.settings.Between;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much is read ahead of delivery, and how offsets are committed.
 *
 * @param maxInFlightRecords records that are read and not settled, over all partitions. A partition is
 *     paused when it has used its share. What one poll returns ({@code spring.kafka.consumer.max-poll-records})
 *     may exceed the limit.
 * @param maxInFlightSize the same in bytes of keys, values and headers. Never
 *     more than a quarter of the heap, because records take about three times as much memory.
 * @param commitInterval how often offsets are committed. A crash repeats what was delivered since the last commit.
 * @param drainTimeout how long a revoked partition, or a process that stops, waits for what is in flight. It must be
 *     shorter than the consumer's {@code max.poll.interval.ms}. A pod's grace period must be longer.
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
