package io.iotdarelay.pipeline;

import io.iotdarelay.telemetry.Json;

/**
 * Bounds what records become when they become several reports: a small record may become much. No record begins while there
 * is no room; a single one may exceed the bound. Belongs to the poll thread.
 */
final class Room {

    /** The objects of a report, in bytes. */
    private static final int OVERHEAD = 512;

    /** What is kept of each part until its record ends, in bytes. */
    static final int PART = 300;

    private final long most;
    private long taken;

    /**
     * Room that is empty.
     *
     * @param most bytes
     */
    Room(long most) {
        this.most = most;
    }

    /** How much of the room a report takes. */
    static int cost(Json report) {
        return OVERHEAD + report.length();
    }

    void take(long bytes) {
        taken += bytes;
    }

    void release(long bytes) {
        taken -= bytes;
    }

    boolean isFull() {
        return taken >= most;
    }
}
