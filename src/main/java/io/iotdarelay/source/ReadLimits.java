package io.iotdarelay.source;

import org.springframework.util.unit.DataSize;

/**
 * How many bytes may be read at once, so that reading fits into the heap whatever producers have compressed. Pure.
 *
 * @param poll bytes of records that one poll returns; one record may exceed it
 * @param record bytes of a record; a larger one is not read
 * @param fetch bytes requested from one broker at once, compressed
 * @param inFlight bytes of records that are begun and not settled, over all partitions
 */
record ReadLimits(long poll, long record, int fetch, long inFlight) {

    /*
     * Compressed batches are what makes this necessary: a broker's limits count compressed bytes, and a batch of 1 MB can hold
     * gigabytes. The client decompresses record by record, so that what is not asked for takes no room.
     */

    private static final long POLL_SHARE = 32;
    private static final long RECORD_SHARE = 8;
    private static final long FETCH_SHARE = 32;
    private static final long IN_FLIGHT_SHARE = 4;
    private static final long LEAST = DataSize.ofMegabytes(1).toBytes();
    private static final long MOST_POLL = DataSize.ofMegabytes(16).toBytes();
    private static final long MOST_FETCH = DataSize.ofMegabytes(50).toBytes();

    /**
     * The limits for a heap.
     *
     * @param heap bytes that the heap may have at most
     * @param maxInFlight the configured bound of bytes in flight
     */
    static ReadLimits of(long heap, long maxInFlight) {
        long inFlight = Math.min(maxInFlight, Math.max(LEAST, heap / IN_FLIGHT_SHARE));
        return new ReadLimits(
                Math.clamp(heap / POLL_SHARE, LEAST, MOST_POLL),
                Math.max(LEAST, heap / RECORD_SHARE),
                (int) Math.clamp(heap / FETCH_SHARE, LEAST, MOST_FETCH),
                inFlight);
    }
}
