package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoamingTest {

    private final TestAssignment assignment = new TestAssignment();
    private final Roaming roaming = new Roaming();
    private long nextOffset;

    @Test
    void lacksAnyOpinionOfDirectDevices() {
        LaneEntry direct = entry(properties("d", "{}"));

        assertThat(roaming.enters(direct)).isTrue();
        assertThat(roaming.left(direct)).isEmpty();
    }

    @Test
    void letsAChildContinueThroughTheSameGateway() {
        assertThat(roaming.enters(entry(child("g", "c", "{1}")))).isTrue();
        assertThat(roaming.enters(entry(child("g", "c", "{2}")))).isTrue();
        assertThat(roaming.enters(entry(child("h", "other", "{3}")))).isTrue();
    }

    @Test
    void holdsAChildBackThatChangesItsGateway() {
        LaneEntry first = entry(child("g", "c", "{1}"));
        LaneEntry second = entry(child("g", "c", "{2}"));
        LaneEntry moved = entry(child("h", "c", "{3}"));
        LaneEntry back = entry(child("g", "c", "{4}"));
        roaming.enters(first);
        roaming.enters(second);
        roaming.enters(entry(child("g", "other", "{}")));

        assertThat(roaming.enters(moved)).isFalse();
        assertThat(roaming.enters(back)).isFalse();
        assertThat(roaming.firsts()).containsExactly(moved);
        assertThat(roaming.left(first)).isEmpty();
        assertThat(roaming.left(second)).containsExactly(moved);
        assertThat(roaming.left(moved)).containsExactly(back);
        assertThat(roaming.left(back)).isEmpty();
        assertThat(roaming.firsts()).isEmpty();
    }

    @Test
    void keepsSeveralReportsOfOneRecordApart() {
        RecordInFlight record = inFlight(assignment, 1);
        LaneEntry first = new LaneEntry(record, 0, child("g", "c", "{1}"), null);
        LaneEntry second = new LaneEntry(record, 1, child("g", "c", "{2}"), null);
        LaneEntry moved = new LaneEntry(record, 2, child("h", "c", "{3}"), null);
        assertThat(roaming.enters(first)).isTrue();
        assertThat(roaming.enters(second)).isTrue();
        assertThat(roaming.enters(moved)).isFalse();

        assertThat(roaming.left(first)).isEmpty();
        assertThat(roaming.left(second)).containsExactly(moved);
    }

    @Test
    void forgetsWhatHasLeft() {
        TestAssignment leaving = new TestAssignment();
        LaneEntry gone = new LaneEntry(inFlight(leaving, 1), child("g", "c", "{1}"));
        roaming.enters(gone);
        LaneEntry moved = entry(child("h", "c", "{2}"));
        assertThat(roaming.enters(moved)).isFalse();

        leaving.end();

        assertThat(roaming.forgetAbandoned()).containsExactly(moved);
        assertThat(roaming.left(gone)).isEmpty();
        assertThat(roaming.left(moved)).isEmpty();
    }

    @Test
    void forgetsWhatHasLeftWhileItWaited() {
        LaneEntry first = entry(child("g", "c", "{1}"));
        roaming.enters(first);
        TestAssignment leaving = new TestAssignment();
        roaming.enters(new LaneEntry(inFlight(leaving, 100), child("h", "c", "{2}")));
        LaneEntry next = entry(child("h", "c", "{3}"));
        roaming.enters(next);

        leaving.end();

        assertThat(roaming.forgetAbandoned()).isEmpty();
        assertThat(roaming.firsts()).containsExactly(next);
        assertThat(roaming.left(first)).containsExactly(next);
    }

    /** Whatever moves where: a child is never in flight through two gateways, and its records enter in order. */
    @Test
    void neverLetsAChildBeInTwoPlaces() {
        Seeds.each(2000, random -> {
            Roaming tested = new Roaming();
            List<LaneEntry> inLanes = new ArrayList<>();
            Map<String, Long> entered = new HashMap<>();
            int total = 0;
            for (int step = 0; step < 200 || !inLanes.isEmpty(); step++) {
                List<LaneEntry> fresh = new ArrayList<>();
                if (step < 200 && random.nextBoolean()) {
                    LaneEntry entry = entry(child("g" + random.nextInt(3), "c" + random.nextInt(3), "{}"));
                    total++;
                    if (tested.enters(entry)) {
                        fresh.add(entry);
                    }
                } else if (!inLanes.isEmpty()) {
                    fresh.addAll(tested.left(inLanes.remove(random.nextInt(inLanes.size()))));
                }
                for (LaneEntry entry : fresh) {
                    Report report = entry.report();
                    assertThat(inLanes)
                            .noneMatch(other -> other.report().device().equals(report.device())
                                    && !other.report().sender().equals(report.sender()));
                    long offset = entry.record().record().position().offset();
                    Long before = entered.put(report.device().value(), offset);
                    assertThat(before == null || before < offset).isTrue();
                    inLanes.add(entry);
                    total--;
                }
            }
            assertThat(total).isZero();
        });
    }

    private LaneEntry entry(Report report) {
        return new LaneEntry(inFlight(assignment, nextOffset++), report);
    }
}
