package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.ManualClock;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterBudgetTest {

    private static final Duration PROBE_EVERY = Duration.ofMinutes(5);

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");
    private final DeadLetterBudget budget = new DeadLetterBudget(0.5, 1000, PROBE_EVERY, clock);
    private final Map<Integer, TestAssignment> assignments = new HashMap<>();
    private final Map<Integer, Long> offsets = new HashMap<>();

    @Test
    void keepsARouteRunningThatFailsOccasionally() {
        for (int i = 0; i < 10_000; i++) {
            end(i % 3, "d" + i % 100, i % 2 == 0);
        }

        assertThat(reason(0)).isEmpty();
        assertThat(budget.status()).isEmpty();
    }

    @Test
    void stopsARouteMostOfWhoseDevicesFail() {
        for (int i = 0; i < 500; i++) {
            end(i % 3, "d" + i % 100, false);
        }
        assertThat(reason(0)).isEmpty();
        for (int i = 0; i < 20; i++) {
            end(i % 3, "d" + i % 100, false);
        }

        assertThat(reason(0))
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("501 of the last 501 records", "unmappable 501", "device d0 6", "97 more")
                        .contains("2026-11-01T00:05:00Z"));
        assertThat(reason(2)).isPresent();
        assertThat(budget.reasonToStop("other", partition(0))).isEmpty();
        assertThat(budget.status().get("r")).isInstanceOf(RouteStatus.Stopped.class);
        assertThat(budget.status()).containsOnlyKeys("r");
    }

    @Test
    void stopsARouteWhoseDevicesBeginToFail() {
        for (int i = 0; i < 5_000; i++) {
            end(i % 3, "d" + i % 100, true);
        }
        int records = 0;
        while (reason(0).isEmpty()) {
            end(records % 3, "d" + records % 100, false);
            records++;
        }

        assertThat(records).isBetween(501, 560);
    }

    @Test
    void continuesWhenOneDeviceMakesMostOfTheRecordsAndIsRejected() {
        for (int i = 0; i < 3_000; i++) {
            end(0, i % 10 < 6 ? "culprit" : "d" + i % 100, i % 10 >= 6);
            clock.advance(Duration.ofMillis(10));
        }

        assertThat(reason(0)).isEmpty();
        assertThat(budget.status().get("r"))
                .isInstanceOfSatisfying(
                        RouteStatus.Culprits.class,
                        culprits -> assertThat(culprits.detail())
                                .contains("of the last 1000 records", "unmappable 60", "device culprit 60"));
    }

    @Test
    void continuesWhenAFewDevicesMakeNearlyAllOfTheRecordsAndAreRejected() {
        for (int i = 0; i < 10_000; i++) {
            end(i % 3, i % 10 == 0 ? "d" + i / 10 % 97 : "culprit" + i % 3, i % 10 == 0);
            assertThat(reason(i % 3)).isEmpty();
        }
    }

    @Test
    void forgetsCulpritsThatHaveStopped() {
        for (int i = 0; i < 1_000; i++) {
            end(0, i % 10 < 6 ? "culprit" : "d" + i % 100, i % 10 >= 6);
        }
        assertThat(budget.status()).isNotEmpty();
        for (int i = 0; i < 1_000; i++) {
            end(0, "d" + i % 100, true);
        }

        assertThat(budget.status()).isEmpty();
    }

    @Test
    void continuesWhenMalformedRecordsComeFromOnePartition() {
        for (int i = 0; i < 60; i++) {
            end(i % 3, "d" + i, true);
        }
        for (int i = 0; i < 3_000; i++) {
            end(0, null, false);
            clock.advance(Duration.ofMillis(10));
        }

        assertThat(reason(0)).isEmpty();
        assertThat(reason(1)).isEmpty();
        assertThat(detail())
                .contains("records of no known device in partition topic-0 1000", "the records of others succeed");
    }

    @Test
    void continuesWhenMalformedRecordsOfOneProducerComeFromAllPartitions() {
        for (int i = 0; i < 3_000; i++) {
            end(i % 12, null, false);
            end(i % 12, "d" + i % 2, true);
            end(i % 12, null, false);
        }

        assertThat(reason(0)).isEmpty();
    }

    @Test
    void stopsTheRouteWhereAllPartitionsFailAndNoDeviceIsKnown() {
        for (int i = 0; i < 510; i++) {
            end(i % 12, null, false);
        }

        assertThat(budget.status().get("r")).isInstanceOf(RouteStatus.Stopped.class);
    }

    @Test
    void stopsThePartitionWhereThereIsNobodyElse() {
        for (int i = 0; i < 501; i++) {
            end(7, null, false);
        }

        assertThat(reason(7))
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("only partition topic-7", "501 of the last 501 records", "of no known device"));
        assertThat(reason(0)).isEmpty();
        assertThat(budget.status().get("r"))
                .isInstanceOfSatisfying(
                        RouteStatus.PartitionStopped.class,
                        stopped -> assertThat(stopped.partition()).isEqualTo(partition(7)));
    }

    @Test
    void stopsThePartitionOfTheOnlyDevice() {
        for (int i = 0; i < 501; i++) {
            end(0, "only", false);
        }

        assertThat(reason(0)).hasValueSatisfying(why -> assertThat(why).contains("device only 501"));
    }

    @Test
    void continuesWhenOneOfTwoDevicesFails() {
        for (int i = 0; i < 3_000; i++) {
            end(0, "bad", false);
            end(0, "good", true);
        }

        assertThat(reason(0)).isEmpty();
    }

    @Test
    void stopsTheRouteWhereBothOfTwoDevicesFail() {
        for (int i = 0; i < 600; i++) {
            end(0, "d" + i % 2, false);
        }

        assertThat(budget.status().get("r")).isInstanceOf(RouteStatus.Stopped.class);
    }

    @Test
    void resumesThePartitionWhenOthersTurnOutToSucceed() {
        for (int i = 0; i < 501; i++) {
            end(7, null, false);
        }
        for (int i = 0; i < 19; i++) {
            end(1, "good", true);
        }
        assertThat(reason(7)).isPresent();
        end(1, "good", true);

        assertThat(reason(7)).isEmpty();
        assertThat(budget.status()).isEmpty();
    }

    @Test
    void stopsTheRouteWhenOthersTurnOutToFailAsWell() {
        for (int i = 0; i < 501; i++) {
            end(7, null, false);
        }
        for (int i = 0; i < 20; i++) {
            end(1, null, false);
        }

        assertThat(budget.status().get("r")).isInstanceOf(RouteStatus.Stopped.class);
        assertThat(reason(2)).isPresent();
    }

    @Test
    void countsInTheOrderOfTheRecordsSoThatSlowDeliveriesAreNotMissing() {
        List<RecordInFlight> slow = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            if (i % 4 == 0) {
                reject(begin(0), null);
            } else {
                slow.add(begin(0));
            }
        }
        assertThat(budget.status()).isEmpty();
        for (RecordInFlight record : slow) {
            budget.delivered(
                    record, new DeviceId("d" + record.record().position().offset() % 100));
            assertThat(budget.status()).isEmpty();
        }
    }

    @Test
    void waitsForNoOutcomeIndefinitely() {
        RecordInFlight stuck = begin(0);
        int records = 0;
        while (reason(0).isEmpty()) {
            end(0, "d" + records % 100, false);
            records++;
        }
        assertThat(records).isEqualTo(2_001);

        budget.delivered(stuck, new DeviceId("stuck"));
        assertThat(reason(0)).isPresent();
    }

    @Test
    void waitsWithItsJudgementWhileItIsNotKnownHowOthersEnd() {
        for (int i = 0; i < 5_000; i++) {
            RecordInFlight slow = begin(0);
            end(0, "culprit", false);
            end(0, "culprit", false);
            assertThat(slow.isAbandoned()).isFalse();
        }

        assertThat(budget.status()).isEmpty();
    }

    @Test
    void triesTwentyRecordsAfterAWhile() {
        stop();
        clock.advance(PROBE_EVERY.minusMillis(1));
        assertThat(reason(0)).isPresent();
        assertThat(budget.begin(record(0))).isFalse();
        clock.advance(Duration.ofMillis(1));

        assertThat(reason(0)).isEmpty();
        List<RecordInFlight> tried = beginAllThatMay();
        assertThat(tried).hasSize(20);
        assertThat(reason(0)).isPresent();
        assertThat(budget.status()).isNotEmpty();

        rejectAll(tried.subList(0, 10));
        assertThat(detail()).contains("501 of the last");
        reject(tried.get(10), "d10");
        assertThat(detail()).contains("11 of the last 11 records", "00:10:00Z");
        assertThat(budget.begin(record(0))).isFalse();
        rejectAll(tried.subList(11, 20));

        clock.advance(PROBE_EVERY);
        List<RecordInFlight> again = beginAllThatMay();
        assertThat(again).hasSize(20);
        rejectAll(again.subList(0, 5));
        again.subList(5, 14).forEach(each -> budget.delivered(each, new DeviceId("d")));
        assertThat(budget.status()).isNotEmpty();
        budget.delivered(again.get(14), new DeviceId("d"));
        assertThat(budget.status()).isEmpty();
        assertThat(reason(0)).isEmpty();
    }

    @Test
    void resumesWhenOnlyOneOfThoseThatWereTriedFails() {
        stop();
        clock.advance(PROBE_EVERY);
        List<RecordInFlight> tried = beginAllThatMay();
        tried.subList(0, 9).forEach(each -> budget.delivered(each, new DeviceId("good")));
        tried.subList(9, 19).forEach(each -> reject(each, "culprit"));
        assertThat(budget.status()).isNotEmpty();

        reject(tried.get(19), "culprit");

        assertThat(budget.status()).isEmpty();
    }

    @Test
    void triesOtherRecordsForThoseThatAreSkippedOrLeave() {
        stop();
        clock.advance(PROBE_EVERY);
        List<RecordInFlight> tried = beginAllThatMay();
        budget.skipped(tried.getFirst());
        RecordInFlight next = record(0);
        assertThat(budget.begin(next)).isTrue();
        assertThat(budget.begin(record(0))).isFalse();

        assignment(0).end();
        budget.forgetAbandoned();
        assignments.clear();

        assertThat(beginAllThatMay()).hasSize(tried.size() / 3 + 1);
    }

    @Test
    void countsOnlyWhatWasTriedWhenOtherRecordsEndMeanwhile() {
        List<RecordInFlight> before = List.of(begin(0), begin(1));
        stop();
        clock.advance(PROBE_EVERY);
        assertThat(beginAllThatMay()).hasSize(20);

        reject(before.getFirst(), "d");
        budget.skipped(before.getLast());

        assertThat(budget.status()).isNotEmpty();
        assertThat(budget.begin(record(0))).isFalse();
    }

    @Test
    void triesMoreRecordsWhenThoseThatWereTriedDoNotEnd() {
        stop();
        clock.advance(PROBE_EVERY);
        assertThat(beginAllThatMay()).hasSize(20);
        clock.advance(PROBE_EVERY);

        assertThat(beginAllThatMay()).hasSize(20);
    }

    @Test
    void resumesARouteWhenTheOperatorAsks() {
        stop();

        assertThat(budget.resume("r")).isTrue();

        assertThat(reason(0)).isEmpty();
        assertThat(budget.begin(record(0))).isTrue();
        assertThat(budget.status()).isEmpty();
        assertThat(budget.resume("r")).isFalse();
        assertThat(budget.resume("unheard-of")).isFalse();
    }

    @Test
    void letsInNothingOfARouteThatIsStopped() {
        stop();

        assertThat(budget.begin(record(0))).isFalse();
        assertThat(budget.begin(record(1))).isFalse();
    }

    @Test
    void countsNeitherWhatIsSkippedNorWhatIsAbandoned() {
        List<RecordInFlight> open = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            open.add(begin(0));
            budget.skipped(begin(0));
        }
        open.subList(1, open.size())
                .forEach(each -> reject(each, "d" + each.record().position().offset() % 100));
        assignment(0).end();
        budget.forgetAbandoned();
        assertThat(budget.status()).isEmpty();
        begin(1);
        budget.forgetAbandoned();

        budget.skipped(open.getFirst());

        assertThat(budget.status()).isEmpty();
    }

    /** Whoever sends dead letters again, and whatever becomes of them, stops no record that comes. */
    @Test
    void doesNotCountDeadLettersThatAreSentAgain() {
        for (int i = 0; i < 5_000; i++) {
            end(-1 - i % 3, "d" + i % 100, false);
        }
        assertThat(budget.status()).isEmpty();
        stop();
        for (int i = 0; i < 5_000; i++) {
            end(-1 - i % 3, "d" + i % 100, true);
            budget.skipped(begin(-1 - i % 3));
        }
        assertThat(reason(0)).isPresent();
    }

    @Test
    void isDisabledWhereEverythingMayFail() {
        DeadLetterBudget none = new DeadLetterBudget(1, 100, PROBE_EVERY, clock);
        for (int i = 0; i < 1000; i++) {
            RecordInFlight record = record(0);
            assertThat(none.begin(record)).isTrue();
            none.rejected(record, Optional.empty(), RejectionReason.REFUSED);
            none.skipped(record);
        }

        assertThat(none.reasonToStop("r", partition(0))).isEmpty();
    }

    private void stop() {
        int i = 0;
        while (budget.status().isEmpty()) {
            end(i % 3, "d" + i % 100, false);
            i++;
        }
    }

    private List<RecordInFlight> beginAllThatMay() {
        List<RecordInFlight> begun = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            RecordInFlight record = record(i % 3);
            if (budget.begin(record)) {
                begun.add(record);
            }
        }
        return begun;
    }

    private void rejectAll(List<RecordInFlight> records) {
        for (RecordInFlight record : records) {
            reject(record, "d" + record.record().position().offset());
        }
    }

    private String detail() {
        return Objects.requireNonNull(budget.status().get("r")).detail();
    }

    private TestAssignment assignment(int partition) {
        return assignments.computeIfAbsent(partition, any -> new TestAssignment());
    }

    private Optional<String> reason(int partition) {
        return budget.reasonToStop("r", partition(partition));
    }

    private void end(int partition, @Nullable String device, boolean well) {
        RecordInFlight record = record(partition);
        if (!budget.begin(record)) {
            return;
        }
        if (well && device != null) {
            budget.delivered(record, new DeviceId(device));
        } else {
            reject(record, device);
        }
    }

    private void reject(RecordInFlight record, @Nullable String device) {
        budget.rejected(record, Optional.ofNullable(device).map(DeviceId::new), RejectionReason.UNMAPPABLE);
    }

    private RecordInFlight begin(int partition) {
        RecordInFlight record = record(partition);
        assertThat(budget.begin(record)).isTrue();
        return record;
    }

    private RecordInFlight record(int partition) {
        long offset = offsets.merge(partition, 1L, Long::sum);
        return new RecordInFlight(
                assignment(partition),
                new SourceRecord(
                        new RecordPosition("topic", partition, offset), clock.instant(), null, null, List.of()),
                "r");
    }

    private static SourcePartition partition(int number) {
        return new SourcePartition("topic", number);
    }
}
