/**
 * Checks whether Kafka can be reached, and explains why not.
 *
 * <p>Input: the configuration of a Kafka client, and the exceptions of its clients. Output: whether Kafka can be reached
 * with that configuration, and otherwise one line in plain English with the problem: the address, the protocol, the
 * permission.
 *
 * <p>If {@link io.iotdarelay.kafka.Bootstrap} found no problem, a client that is opened next talks to brokers that speak the
 * configured protocol: none of them makes a client mistake a TLS alert for the size of a response.
 *
 * <p>It also follows a topic that holds state, and makes the producers of what the relay writes for itself.
 *
 * <p>It must never know what is in a topic, or who uses Kafka.
 */
@NullMarked
package io.iotdarelay.kafka;

import org.jspecify.annotations.NullMarked;
