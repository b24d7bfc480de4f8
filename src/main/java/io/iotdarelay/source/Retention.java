package io.iotdarelay.source;

import java.time.Duration;

/** How long a topic keeps its records. */
sealed interface Retention {

    /** Kafka does not say, or does not permit the question (DescribeConfigs on the topic). */
    record Unknown() implements Retention {}

    /** No record is deleted for its age. */
    record Unlimited() implements Retention {}

    /** By {@code retention.ms}, counted from the largest time stamp of a segment. */
    record Limited(Duration age) implements Retention {}
}
