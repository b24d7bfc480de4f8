package io.iotdarelay.source;

import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** What Kafka knows about the consumer group. Belongs to the poll thread, and never blocks it. */
interface Group {

    /** The latest view of it; asks for the next one if it is time. */
    GroupView view(Instant now);

    /** Where these logs ended when that was asked last; asks again if it is time. */
    LogEnds ends(Set<TopicPartition> partitions, Instant now);
}
