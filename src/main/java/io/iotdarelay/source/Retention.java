package io.iotdarelay.source;

import io.iotdarelay.source.PartitionStatus.RetentionOutlook;
import java.time.Duration;
import java.time.Instant;

/** How long a topic keeps its records. */
sealed interface Retention {

    /** Kafka does not report it, or does not permit the query (DescribeConfigs on the topic). */
    record Unknown() implements Retention {}

    /** No record is deleted because of its age. */
    record Unlimited() implements Retention {}

    /** By {@code retention.ms}, counted from the largest timestamp of a segment. */
    record Limited(Duration age) implements Retention {

        RetentionOutlook outlook(Instant oldest, Instant wall) {
            return new RetentionOutlook(age, age.minus(Duration.between(oldest, wall)));
        }
    }
}
