/**
 * Measures the relay and other ways to carry records from Kafka to HTTPS, each in a process of its own on one core, with the same broker
 * and the same sink on another core. {@link io.iotdarelay.compare.Compare} conducts.
 */
@NullMarked
package io.iotdarelay.compare;

import org.jspecify.annotations.NullMarked;
