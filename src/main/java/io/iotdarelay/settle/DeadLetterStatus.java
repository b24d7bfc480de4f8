package io.iotdarelay.settle;

import java.util.Optional;

/**
 * How the dead-letter topic fares.
 *
 * @param written dead letters that Kafka has acknowledged
 * @param unwritten dead letters that were tried and could not be written yet
 * @param trouble why not
 */
public record DeadLetterStatus(String topic, long written, int unwritten, Optional<String> trouble) {}
