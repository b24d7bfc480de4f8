package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** What can be asked about the cluster. On the thread of the {@link ClusterAdmin}, where it may wait. */
interface Cluster {

    /** Everything about these partitions and their topics, as far as Kafka tells and permits. */
    ClusterView view(Admin admin, Set<TopicPartition> partitions, Instant now)
            throws ExecutionException, InterruptedException;

    /**
     * Whether topics exist and may be read.
     *
     * @param names whether the names of all topics are wanted
     */
    TopicsView topics(Admin admin, Set<String> topics, boolean names, Instant now)
            throws ExecutionException, InterruptedException;

    /** Which topics these are; those that Kafka does not identify are missing. */
    Map<String, TopicIdentity> identities(Admin admin, Set<String> topics)
            throws ExecutionException, InterruptedException;
}
