/**
 * How Kafka is reached, and what keeps the relay from it.
 *
 * <p>What enters: the configuration of a Kafka client, and what its clients throw. What leaves: whether Kafka can be reached with that
 * configuration, and one line in plain English for whatever is in the way: the address, the protocol, the permission.
 *
 * <p>{@link io.iotdarelay.kafka.Bootstrap} guarantees that a client which is opened after it found nothing speaks to brokers that
 * speak the configured protocol: none of them makes a client take a TLS alert for the size of an answer.
 *
 * <p>It must never know topics, records, or who wants to use Kafka. It keeps no connection.
 */
@NullMarked
package io.iotdarelay.kafka;

import org.jspecify.annotations.NullMarked;
