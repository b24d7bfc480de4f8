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
 * <p>It must never know topics, records, or who uses Kafka. It keeps no connection.
 */
@NullMarked
package io.iotdarelay.kafka;

import org.jspecify.annotations.NullMarked;
