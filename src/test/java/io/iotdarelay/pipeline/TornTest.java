package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.TestTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TornTest {

    private static final Instant AT = TestTelemetry.TIME;

    @Test
    void endsWithTheLastOfItsParts() {
        Torn record = torn(3);

        record.delivered(2, device("c"), AT);
        record.delivered(0, device("a"), AT.plus(Duration.ofSeconds(2)));
        assertThat(record.hasEnded()).isFalse();
        record.delivered(1, device("b"), AT.plus(Duration.ofSeconds(1)));

        assertThat(record.hasEnded()).isTrue();
        assertThat(record.rejection()).isEmpty();
        assertThat(record.sender()).isEqualTo(device("c"));
        assertThat(record.deliveredAt()).isEqualTo(AT.plus(Duration.ofSeconds(2)));
    }

    @Test
    void namesTheFirstPartThatFailedWhicheverFailsFirst() {
        Torn record = torn(3);
        Rejection first = Rejection.of(RejectionReason.REFUSED, "x".repeat(300)).about(device("a"));

        record.rejected(2, Rejection.of(RejectionReason.UNMAPPABLE, "why"), Optional.empty());
        record.rejected(0, first, Optional.of(device("a")));
        record.delivered(1, device("b"), AT);

        assertThat(record.rejection()).hasValue(first);
        assertThat(record.senderOfRejected()).hasValue(device("a"));
        assertThat(record.failedParts())
                .isEqualTo(new FailedParts(
                        "r", "r /a/0 a: refused, " + "x".repeat(200) + "...; r /a/2: unmappable, why", "r(/a)/50 1"));
    }

    @Test
    void hasMostlyFailedIfMoreFailThanAreDelivered() {
        Torn half = torn(2);
        half.rejected(0, Rejection.of(RejectionReason.UNMAPPABLE, "why"), Optional.empty());
        half.delivered(1, device("b"), AT);
        Torn all = torn(1);
        all.rejected(0, Rejection.of(RejectionReason.UNMAPPABLE, "why"), Optional.empty());

        assertThat(half.hasMostlyFailed()).isFalse();
        assertThat(all.hasMostlyFailed()).isTrue();
    }

    @Test
    void saysHowManyMoreFailed() {
        Torn record = torn(50);
        for (int i = 0; i < 50; i++) {
            record.rejected(i, Rejection.of(RejectionReason.UNMAPPABLE, "why"), Optional.empty());
        }

        assertThat(record.failedParts().failed()).endsWith("r /a/19: unmappable, why; and 30 more");
        assertThat(record.failedParts().delivered()).isEmpty();
    }

    @Test
    void givesBackTheRoomOfEachPart() {
        Torn record = torn(3);
        Room room = new Room(3 * 514);
        room.take(record.cost());
        assertThat(room.isFull()).isTrue();

        room.release(record.delivered(0, device("a"), AT));
        assertThat(room.isFull()).isFalse();
        room.release(record.rejected(1, Rejection.of(RejectionReason.UNMAPPABLE, "why"), Optional.empty()));
        room.release(record.cost());

        room.take(3 * 514 - 1);
        assertThat(room.isFull()).isFalse();
        room.take(1);
        assertThat(room.isFull()).isTrue();
    }

    private static Torn torn(int parts) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            pieces.add(new Piece.Accepted(
                    new Part.Id("r", "/a", 50, i, "/a/" + i), new Written.Ready(properties("d", "{}"))));
        }
        return new Torn(inFlight(new TestTelemetry.TestAssignment(), 1), pieces, new DeliveredParts());
    }
}
