package io.iotdarelay.source;

/**
 * The ends of a partition's log, as its leader reported them.
 *
 * @param start the first offset that retention has not deleted
 * @param lastStable where the first open transaction begins; the high watermark while there is none
 * @param highWatermark the offset after the last record that all in-sync replicas have
 */
record LogBounds(long start, long lastStable, long highWatermark) {}
