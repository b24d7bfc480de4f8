package io.iotdarelay.metrics;

import io.iotdarelay.metrics.RecordCounts.OfRoute;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Counts that the poll thread publishes while they are scraped. */
final class RecordCountsStress {

    private RecordCountsStress() {}

    private static Map<String, OfRoute> publication(long number) {
        OfRoute counts = new OfRoute(number, number, 0, 0, Map.of(), 0, 0);
        return Map.of("a", counts, "b", counts);
    }

    /** A scrape sees one publication from the first meter to the last. */
    @JCStressTest
    @Outcome(
            id = {"0, 0, 2", "1, 1, 2", "2, 2, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "one publication, and then the last")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two publications in one scrape, or an old one indefinitely")
    @State
    public static class ScrapesOnePublication {

        private final RecordCounts counts = new RecordCounts();

        @Actor
        public void pollThread() {
            counts.publish(publication(1));
            counts.publish(publication(2));
        }

        @Actor
        public void scrape(JJJ_Result result) {
            counts.scrape(() -> {
                result.r1 = counts.of("a").begun();
                result.r2 = counts.of("b").begun();
                return result;
            });
        }

        @Arbiter
        public void after(JJJ_Result result) {
            result.r3 = counts.scrape(() -> counts.of("a").begun());
        }
    }

    /** Counts never go back from one scrape to the next. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "0, 2", "1, 1", "1, 2", "2, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "rising")
    @Outcome(expect = Expect.FORBIDDEN, desc = "falling")
    @State
    public static class OnlyRises {

        private final RecordCounts counts = new RecordCounts();

        @Actor
        public void pollThread() {
            counts.publish(publication(1));
            counts.publish(publication(2));
        }

        @Actor
        public void scrapes(JJ_Result result) {
            result.r1 = counts.scrape(() -> counts.of("a").begun());
            result.r2 = counts.scrape(() -> counts.of("b").begun());
        }
    }
}
