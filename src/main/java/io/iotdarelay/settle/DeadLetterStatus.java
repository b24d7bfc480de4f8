package io.iotdarelay.settle;

import java.util.Optional;

/**
 * The state of a dead-letter topic.
 *
 * @param written dead letters that Kafka has acknowledged
 * @param unwritten dead letters that could not be written yet
 * @param trouble why not
 */
public record DeadLetterStatus(String topic, long written, int unwritten, Optional<String> trouble) {}
