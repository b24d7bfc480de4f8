package io.iotdarelay.lane;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {

    private static final Packing PACKING = new RequestPacking(1000, 3);

    private final TestAssignment assignment = new TestAssignment();
    private final Lane lane = new Lane(device("d"));
    private long nextOffset;

    @Test
    void startsEmpty() {
        assertThat(lane.isEmpty()).isTrue();
        assertThat(lane.size()).isZero();
        assertThat(lane.take(PACKING)).isEmpty();
        assertThat(lane.sender()).isEqualTo(device("d"));
    }

    @Test
    void namesARecordOnceThatHasSeveralReportsInARow() {
        RecordInFlight record = inFlight(assignment, 1);
        RecordInFlight other = inFlight(assignment, 2);
        Batch batch = Batch.of(List.of(
                new LaneEntry(record, 0, properties("d", "{1}"), null),
                new LaneEntry(record, 1, properties("d", "{2}"), null),
                new LaneEntry(other, properties("d", "{3}"))));

        assertThat(batch.records()).containsExactly(record.record(), other.record());
    }

    @Test
    void joinsWhatWaits() {
        add(properties("d", "{1}"), properties("d", "{2}"), properties("d", "{3}"));

        assertThat(lane.size()).isEqualTo(3);
        assertThat(offsets(take())).containsExactly(0L, 1L, 2L);
        assertThat(lane.isEmpty()).isTrue();
    }

    @Test
    void saysHowFullTheNextRequestIs() {
        Packing packing = new RequestPacking(8192, 3);
        assertThat(lane.fill(packing)).isZero();
        add(properties("d", "x".repeat(1000)));
        double one = lane.fill(packing);
        add(properties("d", "x".repeat(1000)));
        assertThat(lane.fill(packing)).isGreaterThan(one).isLessThan(1);
        Batch taken = lane.take(packing).orElseThrow();
        assertThat(lane.fill(packing)).isZero();
        lane.putBackUnsent(taken);
        assertThat(lane.fill(packing)).isPositive().isLessThan(1);
        add(properties("d", "x".repeat(9000)), properties("d", "x"));
        assertThat(lane.fill(packing)).isEqualTo(1);

        lane.putBack(List.of(lane.take(packing).orElseThrow().attempted()));
        assertThat(lane.fill(packing)).isEqualTo(1);
    }

    @Test
    void leavesWhatDoesNotFillItsUnit() {
        for (int i = 0; i < 6; i++) {
            add(properties("d", "x".repeat(1000)));
        }
        Packing packing = new RequestPacking(8192, 3);

        assertThat(offsets(lane.takeTightly(packing, 4).orElseThrow())).containsExactly(0L, 1L, 2L, 3L);
        assertThat(offsets(lane.takeTightly(packing, Double.MAX_VALUE).orElseThrow()))
                .containsExactly(4L, 5L);
        assertThat(lane.takeTightly(packing, 1)).isEmpty();
    }

    @Test
    void sendsMessagesOneByOneAndInTurn() {
        add(
                message("d", "{1}"),
                message("d", "{2}"),
                properties("d", "{3}"),
                properties("d", "{4}"),
                message("d", "{5}"));

        assertThat(offsets(take())).containsExactly(0L);
        assertThat(offsets(take())).containsExactly(1L);
        assertThat(offsets(take())).containsExactly(2L, 3L);
        assertThat(offsets(take())).containsExactly(4L);
    }

    @Test
    void keepsKindsApart() {
        add(child("d", "c", "{1}"), properties("d", "{2}"), child("d", "c", "{3}"));

        assertThat(offsets(take())).containsExactly(0L);
        assertThat(offsets(take())).containsExactly(1L);
        assertThat(offsets(take())).containsExactly(2L);
    }

    @Test
    void fillsARequestUpToItsSize() {
        String large = "x".repeat(480);
        add(properties("d", large), properties("d", large), properties("d", large));

        assertThat(offsets(take())).containsExactly(0L, 1L);
        assertThat(offsets(take())).containsExactly(2L);
    }

    @Test
    void sendsALargeReportAlone() {
        add(properties("d", "x".repeat(5000)), properties("d", "{1}"));

        assertThat(offsets(take())).containsExactly(0L);
    }

    @Test
    void fillsAGatewaysRequestUpToItsChildren() {
        add(
                child("d", "a", "{}"),
                child("d", "b", "{}"),
                child("d", "a", "{}"),
                child("d", "c", "{}"),
                child("d", "x", "{}"));

        assertThat(offsets(take())).containsExactly(0L, 1L, 2L, 3L);
        assertThat(offsets(take())).containsExactly(4L);
    }

    @Test
    void sendsWhatComesBackFirstAndAsItWas() {
        add(properties("d", "{1}"), properties("d", "{2}"));
        Batch failed = take();
        add(properties("d", "{3}"));

        lane.putBack(List.of(failed.attempted()));

        Batch again = take();
        assertThat(offsets(again)).containsExactly(0L, 1L);
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(offsets(take())).containsExactly(2L);
    }

    @Test
    void sendsPartsInTheirOrder() {
        add(properties("d", "{1}"), properties("d", "{2}"), properties("d", "{3}"));
        Batch split = take();

        lane.putBack(split.halves());

        assertThat(lane.size()).isEqualTo(3);
        assertThat(offsets(take())).containsExactly(0L);
        assertThat(offsets(take())).containsExactly(1L, 2L);
    }

    @Test
    void isFullWhenWaitingWouldNotHelp() {
        add(properties("d", "{1}"));
        assertThat(lane.isFull(PACKING)).isFalse();

        add(message("d", "{2}"));
        assertThat(lane.isFull(PACKING)).isTrue();
    }

    @Test
    void isFullWithWhatCameBack() {
        add(properties("d", "{1}"));
        lane.putBack(List.of(take()));

        assertThat(lane.isFull(PACKING)).isTrue();
    }

    @Test
    void dropsWhatHasLeft() {
        add(properties("d", "{1}"), properties("d", "{2}"));
        lane.putBack(List.of(take()));
        add(properties("d", "{3}"));
        TestAssignment other = new TestAssignment();
        lane.add(new LaneEntry(inFlight(other, 100), properties("d", "{4}")));

        assignment.end();
        lane.dropLeaving();

        assertThat(lane.size()).isEqualTo(1);
        assertThat(offsets(take())).containsExactly(100L);
    }

    @Test
    void neverSendsWhatHasLeft() {
        add(properties("d", "{1}"), properties("d", "{2}"));
        lane.putBack(List.of(take()));
        add(properties("d", "{3}"));

        assignment.end();

        assertThat(lane.take(PACKING)).isEmpty();
        assertThat(lane.isEmpty()).isTrue();
    }

    @Test
    void keepsTheRestOfABatchThatHasPartlyLeft() {
        TestAssignment other = new TestAssignment();
        add(properties("d", "{1}"));
        lane.add(new LaneEntry(inFlight(other, 100), properties("d", "{2}")));
        lane.putBack(List.of(take()));

        assignment.end();

        assertThat(offsets(take())).containsExactly(100L);
    }

    @Test
    void emptiesItselfInOrder() {
        add(properties("d", "{1}"), properties("d", "{2}"));
        lane.putBack(take().halves());
        add(message("d", "{3}"));

        assertThat(lane.takeAll())
                .extracting(entry -> entry.record().record().position().offset())
                .containsExactly(0L, 1L, 2L);
        assertThat(lane.isEmpty()).isTrue();
    }

    /** Whatever fails and is split on the way: each report is settled once, and those of a device in their order. */
    @Test
    void keepsOrderWhateverHappens() {
        Seeds.each(2000, random -> {
            Lane shuffled = new Lane(device("g"));
            List<String> sent = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            int count = 1 + random.nextInt(60);
            int added = 0;
            while (added < count || !shuffled.isEmpty()) {
                if (added < count && random.nextBoolean()) {
                    String child = "c" + random.nextInt(5);
                    shuffled.add(new LaneEntry(inFlight(assignment, added), child("g", child, "{}")));
                    expected.add(child + "@" + added);
                    added++;
                } else {
                    shuffled.take(PACKING).ifPresent(batch -> {
                        switch (random.nextInt(4)) {
                            case 0 -> shuffled.putBack(List.of(batch.attempted()));
                            case 1 -> shuffled.putBack(batch.isSingle() ? List.of(batch) : batch.halves());
                            case 2 ->
                                shuffled.putBack(batch.devices().size() < 2 ? List.of(batch) : batch.halvesByDevice());
                            default ->
                                batch.entries()
                                        .forEach(
                                                entry -> sent.add(entry.report().device() + "@"
                                                        + entry.record()
                                                                .record()
                                                                .position()
                                                                .offset()));
                        }
                    });
                }
            }
            for (int c = 0; c < 5; c++) {
                String child = "c" + c + "@";
                assertThat(sent.stream().filter(report -> report.startsWith(child)))
                        .containsExactlyElementsOf(expected.stream()
                                .filter(report -> report.startsWith(child))
                                .toList());
            }
        });
    }

    @Test
    void batchIsolatesTheOneBadChildOfFiftyWithinSixRounds() {
        List<LaneEntry> entries = IntStream.range(0, 50)
                .mapToObj(i -> new LaneEntry(inFlight(assignment, i), child("g", "c" + i, "{}")))
                .toList();
        for (int bad = 0; bad < 50; bad++) {
            Batch suspect = new Batch(entries, 1, 0);
            int rounds = 0;
            String badId = "c" + bad;
            while (suspect.devices().size() > 1) {
                List<Batch> halves = suspect.halvesByDevice();
                suspect = halves.get(0).devices().contains(device(badId)) ? halves.get(0) : halves.get(1);
                rounds++;
            }
            assertThat(suspect.devices()).containsExactly(device(badId));
            assertThat(rounds).isLessThanOrEqualTo(6);
        }
    }

    @Test
    void letsABatchGrowThatCouldNotLeave() {
        add(properties("d", "{1}"));
        Batch held = take();
        add(properties("d", "{2}"));

        lane.putBackUnsent(held);

        assertThat(offsets(take())).containsExactly(0L, 1L);
    }

    /** Half of a batch that broke off before it was sent. */
    @Test
    void putsAnUnsentHalfBackBeforeTheOther() {
        add(properties("d", "{1}"), properties("d", "{2}"));
        lane.putBack(take().halves());

        lane.putBackUnsent(take());

        assertThat(offsets(take())).containsExactly(0L);
        assertThat(offsets(take())).containsExactly(1L);
    }

    @Test
    void keepsABatchAsItWasThatWasSentBefore() {
        add(properties("d", "{1}"));
        Batch sent = take().attempted().refused();
        add(properties("d", "{2}"));

        lane.putBackUnsent(sent);

        assertThat(lane.first().orElseThrow().record().record().position().offset())
                .isZero();
        Batch again = take();
        assertThat(again).isEqualTo(sent);
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(again.refusals()).isEqualTo(1);
    }

    @Test
    void showsAllInTheirOrder() {
        assertThat(lane.entries()).isEmpty();
        add(properties("d", "{1}"), properties("d", "{2}"));
        lane.putBack(List.of(take().attempted()));
        add(properties("d", "{3}"));

        assertThat(lane.entries())
                .extracting(entry -> entry.record().record().position().offset())
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void knowsWhatIsFirst() {
        assertThat(lane.first()).isEmpty();
        add(properties("d", "{1}"), properties("d", "{2}"));

        assertThat(lane.first().orElseThrow().record().record().position().offset())
                .isZero();
    }

    @Test
    void batchIsNeverEmpty() {
        assertThatThrownBy(() -> new Batch(List.of(), 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void batchIsAbandonedWithAllOfItsRecords() {
        TestAssignment other = new TestAssignment();
        Batch batch = new Batch(
                List.of(
                        new LaneEntry(inFlight(assignment, 0), properties("d", "{}")),
                        new LaneEntry(inFlight(other, 1), properties("d", "{}"))),
                0,
                0);

        assignment.end();
        assertThat(batch.isAbandoned()).isFalse();
        other.end();
        assertThat(batch.isAbandoned()).isTrue();
        assertThat(batch.reports()).hasSize(2);
    }

    private void add(Report... reports) {
        for (Report report : reports) {
            lane.add(new LaneEntry(inFlight(assignment, nextOffset++), report));
        }
    }

    private Batch take() {
        return lane.take(PACKING).orElseThrow();
    }

    private static List<Long> offsets(Batch batch) {
        return batch.entries().stream()
                .map(entry -> entry.record().record().position().offset())
                .toList();
    }
}
