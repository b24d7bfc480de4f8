package io.iotdarelay.tracing;

import java.util.function.BiConsumer;

/** Follows one request. Belongs to one thread, and ends once: events after the end are ignored. */
public interface RequestTrace {

    /** Follows nothing. */
    RequestTrace NONE = new UntracedRequest();

    /**
     * Where a request goes.
     *
     * @param template the path, with names in braces for what differs from device to device
     */
    record Target(String host, int port, String template) {}

    /**
     * The request is being sent.
     *
     * @param headers receives the name and value of each header to add
     */
    void leaves(Target target, BiConsumer<String, String> headers);

    /** There is a response. */
    void answered(int status);

    /** Runs an action with the request's trace as the current one, for its logs and exemplars. */
    void within(Runnable work);

    /** The platform accepted it. */
    void succeeded();

    /**
     * It ended otherwise.
     *
     * @param code the class of the failure, as in the metrics
     */
    void failed(String code);
}
