package io.iotdarelay.compare;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one trial showed.
 *
 * @param fault why it is void; empty if it counts
 * @param recordsPerSecond between two moments of the run, as all that follows
 * @param cpuMicros of the engine for a record
 * @param allocated bytes for a record
 * @param collecting milliseconds in which the engine collected garbage
 * @param peakMebibytes resident memory at its peak, the start included
 * @param otherCore how busy sink and broker were, as a share of their core
 * @param sinkMicros CPU time of the sink for a request
 * @param unordered records that came after later ones of their device, over all the run
 * @param uncommitted records whose offsets were not committed at the end
 * @param produced from the record's time stamp until the broker has it; null likewise
 * @param seen from the record's time stamp to the sink; null where records lay in the topic before
 * @param answered from the record's time stamp to the sink's answer
 */
record Measurement(
        String fault,
        double seconds,
        double recordsPerSecond,
        double requestsPerSecond,
        double cpuMicros,
        double allocated,
        long collecting,
        long peakMebibytes,
        double otherCore,
        double sinkMicros,
        long unordered,
        long duplicates,
        long uncommitted,
        @Nullable Latency produced,
        @Nullable Latency seen,
        @Nullable Latency answered) {

    /** Milliseconds. */
    record Latency(double p50, double p99, double p999) {

        static Latency parse(String line) {
            String[] parts = line.strip().split(" ", -1);
            return new Latency(
                    Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
        }

        static Latency between(Map<Integer, Long> before, Map<Integer, Long> after) {
            return new Latency(
                    Ledger.quantile(before, after, 0.5),
                    Ledger.quantile(before, after, 0.99),
                    Ledger.quantile(before, after, 0.999));
        }
    }

    /** The same with that. */
    Measurement with(Latency producer) {
        return new Measurement(
                fault,
                seconds,
                recordsPerSecond,
                requestsPerSecond,
                cpuMicros,
                allocated,
                collecting,
                peakMebibytes,
                otherCore,
                sinkMicros,
                unordered,
                duplicates,
                uncommitted,
                producer,
                seen,
                answered);
    }

    boolean counts() {
        return fault.isEmpty();
    }

    /** One that has nothing to show. */
    static Measurement failed(String fault) {
        double nothing = Double.NaN;
        return new Measurement(
                fault, nothing, nothing, nothing, nothing, nothing, 0, 0, nothing, nothing, 0, 0, 0, null, null, null);
    }
}
