package io.iotdarelay.settle;

/**
 * Which topic of which cluster is meant, beyond its name: a topic that was deleted and created again has another ID, and so has its
 * copy in another cluster.
 */
public record TopicIdentity(String clusterId, String topicId) {}
