package io.iotdarelay.source;

import io.iotdarelay.settle.TopicIdentity;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** Queries about the cluster. Called on the thread of the {@link ClusterAdmin}, which may block. */
interface Cluster {

    /** Everything about these partitions and their topics that Kafka reports and permits. */
    ClusterView view(Admin admin, Set<TopicPartition> partitions, Instant now)
            throws ExecutionException, InterruptedException;

    /**
     * Whether topics exist and may be read.
     *
     * @param names whether to list the names of all topics
     */
    TopicsView topics(Admin admin, Set<String> topics, boolean names, Instant now)
            throws ExecutionException, InterruptedException;

    /** The identities of topics; those that Kafka does not identify are missing. */
    Map<String, TopicIdentity> identities(Admin admin, Set<String> topics)
            throws ExecutionException, InterruptedException;
}
