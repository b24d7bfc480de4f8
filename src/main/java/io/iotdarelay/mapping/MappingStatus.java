package io.iotdarelay.mapping;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The status of a mapping in its own file.
 *
 * @param file where
 * @param read when the mapping that is in force was read
 * @param problems why the file as it is now is not in force; empty if it is
 */
public record MappingStatus(String file, Optional<Instant> read, List<String> problems) {

    public MappingStatus {
        problems = List.copyOf(problems);
    }

    /** Returns the status if the mapping is in its own file. Callable from any thread. */
    @FunctionalInterface
    public interface Source {
        Optional<MappingStatus> status();
    }
}
