package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Assignment;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedrivesTest {

    private static final SourcePartition SOURCE = new SourcePartition("t", 3);

    private final Redrives redrives = new Redrives();
    private final List<RecordInFlight> begun = new ArrayList<>();
    private final List<Redrives.End> ends = new ArrayList<>();
    private String run = "run";
    private boolean paused;

    private static final class Owner implements Assignment {
        private boolean current = true;
        private boolean starts = true;

        @Override
        public boolean isCurrent() {
            return current;
        }

        @Override
        public boolean mayStart() {
            return current && starts;
        }

        @Override
        public void settle(SourceRecord record) {
            throw new AssertionError("a letter has no offset to commit");
        }
    }

    private final Owner owner = new Owner();

    @Test
    void sendsWhatIsOursInItsOrderBesideTheRecordsOfTheTopic() {
        redrives.assigned(SOURCE, owner);
        order(7);
        order(5);

        assertThat(begun)
                .extracting(RecordInFlight::origin)
                .extracting(RecordPosition::offset)
                .containsExactly(7L, 5L);
        assertThat(begun.getFirst().record().position().topic()).isEqualTo("t");
        assertThat(begun.getFirst().record().position().partition()).isEqualTo(-4);
        assertThat(begun.getFirst().record().position().offset())
                .isLessThan(begun.getLast().record().position().offset());
        assertThat(ends).isEmpty();
    }

    @Test
    void tellsEachEndOnce() {
        redrives.assigned(SOURCE, owner);
        order(1);
        order(2);
        RecordInFlight first = begun.getFirst();
        first.assignment().rejected(first.record(), RejectionReason.REFUSED);
        first.assignment().settle(first.record());
        begun.getLast().assignment().settle(begun.getLast().record());
        first.assignment().settle(first.record());

        assertThat(ends)
                .containsExactly(new Redrives.End.Rejected(RejectionReason.REFUSED), new Redrives.End.Delivered());
    }

    @Test
    void whatIsLeftAfterAllEndsSo() {
        redrives.assigned(SOURCE, owner);
        order(1);
        order(2);
        RecordInFlight first = begun.getFirst();
        assertThat(Redrives.orderOf(first)).map(Redrives.Order::origin).contains(new RecordPosition("t", 3, 1));
        Redrives.leave(first, new Redrives.End.NewerUnderWay());
        first.assignment().settle(first.record());
        begun.getLast().assignment().settle(begun.getLast().record());

        assertThat(ends).containsExactly(new Redrives.End.NewerUnderWay(), new Redrives.End.Delivered());
        assertThat(Redrives.orderOf(first)).isEmpty();
        RecordInFlight live = new RecordInFlight(owner, first.record(), "r");
        Redrives.leave(live, new Redrives.End.NotKnown());
        assertThat(Redrives.orderOf(live)).isEmpty();
    }

    @Test
    void sendsNothingOfOthers() {
        order(1);
        redrives.assigned(SOURCE, owner);
        owner.starts = false;
        run = "later";
        order(2);

        assertThat(begun).isEmpty();
        assertThat(ends).containsExactly(new Redrives.End.NotOurs(), new Redrives.End.NotOurs());
    }

    @Test
    void whatIsUnderWayEndsWithItsPartition() {
        redrives.assigned(SOURCE, owner);
        order(1);
        order(2);
        begun.getFirst().assignment().settle(begun.getFirst().record());
        assertThat(begun.getLast().isAbandoned()).isFalse();
        redrives.forgetAbandoned((topic, left) -> {
            throw new AssertionError("it is still ours");
        });

        owner.current = false;
        List<String> abandoned = new ArrayList<>();
        redrives.forgetAbandoned((topic, left) -> abandoned.add(topic + " " + left));
        assertThat(begun.getLast().isAbandoned()).isTrue();
        assertThat(begun.getLast().mayStart()).isFalse();
        assertThat(abandoned).containsExactly("t 1");
        assertThat(ends).containsExactly(new Redrives.End.Delivered(), new Redrives.End.NotOurs());

        begun.getLast().assignment().settle(begun.getLast().record());
        order(3);
        assertThat(ends).hasSize(3).last().isEqualTo(new Redrives.End.NotOurs());
    }

    /** It would keep the partition from leaving. */
    @Test
    void beginsNothingMoreWhileItsPartitionIsLeaving() {
        redrives.assigned(SOURCE, owner);
        order(1);
        redrives.leaving(List.of(SOURCE));
        order(2);

        assertThat(begun).hasSize(1);
        assertThat(begun.getFirst().mayStart()).isTrue();
        assertThat(ends).containsExactly(new Redrives.End.NotOurs());
        assertThat(redrives.inFlight(SOURCE)).isEqualTo(1);
        begun.getFirst().assignment().settle(begun.getFirst().record());
        assertThat(redrives.inFlight(SOURCE)).isZero();
        assertThat(redrives.inFlight(new SourcePartition("t", 4))).isZero();
        assertThat(ends).last().isEqualTo(new Redrives.End.Delivered());

        owner.current = false;
        redrives.forgetAbandoned((topic, left) -> {});
        redrives.assigned(SOURCE, new Owner());
        run = "later";
        order(2);
        assertThat(begun).hasSize(2);
    }

    @Test
    void aPartitionThatComesBackIsAnother() {
        redrives.assigned(SOURCE, owner);
        order(1);
        Owner next = new Owner();
        owner.current = false;
        redrives.forgetAbandoned((topic, left) -> {});
        redrives.assigned(SOURCE, next);
        run = "later";
        order(2);

        assertThat(begun.getFirst().isAbandoned()).isTrue();
        assertThat(begun.getLast().isAbandoned()).isFalse();
    }

    /** Otherwise a later run would send the earlier letters behind later ones. */
    @Test
    void aRunThatHadToLeaveALetterLeavesThoseAfterItToo() {
        redrives.assigned(SOURCE, owner);
        order(1);
        owner.current = false;
        redrives.forgetAbandoned((topic, left) -> {});
        redrives.assigned(SOURCE, new Owner());
        order(2);

        assertThat(begun).hasSize(1);
        assertThat(ends).containsExactly(new Redrives.End.NotOurs(), new Redrives.End.NotOurs());
        run = "later";
        order(1);
        assertThat(begun).hasSize(2);
    }

    @Test
    void whatIsPausedIsLeftWithAllAfterItAlsoIfItGoesOnMeanwhile() {
        redrives.assigned(SOURCE, owner);
        paused = true;
        order(1);
        paused = false;
        order(2);

        assertThat(begun).isEmpty();
        assertThat(ends).containsExactly(new Redrives.End.Paused(), new Redrives.End.Paused());
        run = "later";
        order(1);
        assertThat(begun).hasSize(1);
    }

    @Test
    void aRunOnlyLeavesThePartitionThatItHadTo() {
        SourcePartition other = new SourcePartition("t", 4);
        redrives.assigned(other, owner);
        order(1);
        order(other, 2);

        assertThat(begun).hasSize(1);
        assertThat(ends).containsExactly(new Redrives.End.NotOurs());
    }

    private void order(long offset) {
        order(SOURCE, offset);
    }

    private void order(SourcePartition source, long offset) {
        SourceRecord record =
                new SourceRecord(new RecordPosition("any", 0, 0), Instant.EPOCH, null, new byte[] {1}, List.of());
        redrives.begin(
                new Redrives.Order(
                        run,
                        new RecordPosition(source.topic(), source.partition(), offset),
                        record,
                        Optional.empty(),
                        ends::add),
                paused,
                (assignment, taken) -> begun.add(new RecordInFlight(assignment, taken, "r")));
    }
}
