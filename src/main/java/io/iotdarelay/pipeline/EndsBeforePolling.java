package io.iotdarelay.pipeline;

/** Something that uses the poll thread, and has to end before that does. */
@FunctionalInterface
public interface EndsBeforePolling {

    /** Waits a little for its end. */
    void end();
}
