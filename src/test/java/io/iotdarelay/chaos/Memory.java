package io.iotdarelay.chaos;

import io.iotdarelay.testing.RelayProcess;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** What a relay that lived long held after garbage was collected, again and again. */
record Memory(List<Sample> samples) {

    private static final Pattern LINE = Pattern.compile("memory heap=(\\d+) threads=(\\d+)");

    /** The first ones still see it grow: classes are loaded, buffers and pools filled. */
    private static final int WARM_UP = 5;

    private static final int ENOUGH = 15;

    /** At one moment, in bytes. */
    record Sample(long heap, int threads) {}

    static Memory of(RelayProcess relay) {
        return new Memory(relay.output().stream()
                .map(LINE::matcher)
                .filter(Matcher::find)
                .map(found -> new Sample(Long.parseLong(found.group(1)), Integer.parseInt(found.group(2))))
                .toList());
    }

    /** Whether there are enough samples for a conclusion. */
    boolean isConclusive() {
        return samples.size() >= ENOUGH;
    }

    /** How much larger the later half is than the earlier one, in the middle, as a factor. */
    double heapGrowth() {
        return median(later().stream().mapToLong(Sample::heap))
                / median(earlier().stream().mapToLong(Sample::heap));
    }

    double threadGrowth() {
        return median(later().stream().mapToLong(Sample::threads))
                / median(earlier().stream().mapToLong(Sample::threads));
    }

    private List<Sample> earlier() {
        return warm().subList(0, warm().size() / 2);
    }

    private List<Sample> later() {
        return warm().subList(warm().size() / 2, warm().size());
    }

    private List<Sample> warm() {
        return samples.subList(WARM_UP, samples.size());
    }

    private static double median(java.util.stream.LongStream values) {
        long[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Override
    public String toString() {
        return IntStream.iterate(0, i -> i < samples.size(), i -> i + Math.max(1, samples.size() / 8))
                        .mapToObj(i -> samples.get(i).heap() / 1024 + " KiB/"
                                + samples.get(i).threads())
                        .toList()
                + (isConclusive()
                        ? ", growth after warm-up: heap ×%.2f, threads ×%.2f".formatted(heapGrowth(), threadGrowth())
                        : "");
    }
}
