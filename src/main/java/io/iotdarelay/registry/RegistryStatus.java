package io.iotdarelay.registry;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether the registry answers.
 *
 * @param schemas how many schemas are in use
 * @param awaited how many are being asked for
 */
public record RegistryStatus(int schemas, int awaited, Optional<Trouble> trouble) {

    /**
     * Why it does not answer.
     *
     * @param detail a readable explanation
     * @param misconfigured whether only a wrong configuration, here or there, explains it
     */
    public record Trouble(String detail, boolean misconfigured, Instant since) {}
}
