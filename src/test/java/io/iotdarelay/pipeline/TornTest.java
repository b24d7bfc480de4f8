package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.settle.FailedParts;
import io.iotdarelay.telemetry.PlatformAnswer;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
    void aPartThatNewerOnesReplaceNeedsNoDelivery() {
        Torn record = torn(3);
        record.superseded(0, device("a"));
        record.superseded(2, device("c"));
        assertThat(record.hasEnded()).isFalse();
        assertThat(record.isDelivered()).isFalse();

        record.rejected(1, Rejection.of(RejectionReason.REFUSED, ""), Optional.empty());

        assertThat(record.hasEnded()).isTrue();
        assertThat(record.hasMostlyFailed()).isFalse();
        assertThat(record.sender()).isEqualTo(device("a"));
        assertThat(record.failedParts().toString()).contains("r(/a)/50 0,2");
    }

    @Test
    void isDeliveredIfOneOfItsPartsIs() {
        Torn record = torn(2);
        record.superseded(0, device("a"));
        record.delivered(1, device("b"), AT);

        assertThat(record.isDelivered()).isTrue();
        assertThat(record.deliveredAt()).isEqualTo(AT);
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
    void hasMostlyFailedIfAsManyFailAsAreDelivered() {
        Torn half = torn(2);
        half.rejected(0, unmappable("why"), Optional.empty());
        half.delivered(1, device("b"), AT);
        Torn third = torn(3);
        third.rejected(0, unmappable("why"), Optional.empty());
        third.delivered(1, device("b"), AT);
        third.delivered(2, device("b"), AT);
        Torn all = torn(1);
        all.rejected(0, unmappable("why"), Optional.empty());

        assertThat(half.hasMostlyFailed()).isTrue();
        assertThat(third.hasMostlyFailed()).isFalse();
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
    void namesTheFirstInWhateverOrderTheyFail() {
        PlatformAnswer answer = new PlatformAnswer(400, null, "no");
        Seeds.each(20, random -> {
            List<Integer> order = new ArrayList<>(IntStream.range(0, 50).boxed().toList());
            Collections.shuffle(order, random);
            Torn record = torn(50);
            order.forEach(part -> record.rejected(
                    part,
                    new Rejection(RejectionReason.REFUSED, part + "!".repeat(part == 0 ? 300 : 100), null, answer, 1),
                    Optional.of(device("d" + part))));

            assertThat(record.rejection().orElseThrow())
                    .isEqualTo(new Rejection(RejectionReason.REFUSED, "0" + "!".repeat(300), null, answer, 1));
            assertThat(record.senderOfRejected()).hasValue(device("d0"));
            assertThat(record.failedParts().failed())
                    .startsWith("r /a/0: refused, 0" + "!".repeat(199) + "...; r /a/1: refused, 1!")
                    .matches("([^;]*; ){20}and 30 more")
                    .contains("; r /a/19: refused, 19!");
        });
    }

    @Test
    void boundsWhatItSaysOfPartsWithLongNamesAndDetails() {
        String name = "\u00fc".repeat(10_000);
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pieces.add(new Piece.Refused(new Part.Id("r", "/a", 20, i, '/' + name + i), unmappable(name)));
        }
        Torn record = new Torn(inFlight(new TestTelemetry.TestAssignment(), 1), pieces, new DeliveredParts());
        for (int i = 0; i < 20; i++) {
            record.rejected(i, unmappable(name), Optional.empty());
        }

        String failed = record.failedParts().failed();
        assertThat(failed)
                .startsWith("r /\u00fc")
                .contains("\u00fc...: unmappable, \u00fc")
                .contains("; r /");
        assertThat(failed.indexOf(": ")).isLessThan(210);
        assertThat(utf8(failed)).isBetween(4000, 4096);
        assertThat(utf8(record.rejection().orElseThrow().detail())).isBetween(4000, 4096);
    }

    @Test
    void leavesOutAListOfDeliveredPartsThatIsTooLong() {
        Torn record = torn(10_000);
        for (int i = 0; i < 10_000; i++) {
            if (i % 2 == 0) {
                record.delivered(i, device("d"), AT);
            } else {
                record.rejected(i, unmappable("why"), Optional.empty());
            }
        }

        assertThat(record.failedParts().delivered()).isEmpty();
    }

    private static Rejection unmappable(String detail) {
        return Rejection.of(RejectionReason.UNMAPPABLE, detail);
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void givesBackTheRoomOfEachPart() {
        Torn record = torn(3);
        long each = 2 + 512 + 300;
        Room room = new Room(4 * each + each / 2);
        room.take(record.partition(), record.cost());
        assertThat(room.isFull(record.partition())).isTrue();

        room.release(record.partition(), record.delivered(0, device("a"), AT));
        assertThat(room.isFull(record.partition())).isFalse();
        room.release(
                record.partition(),
                record.rejected(1, Rejection.of(RejectionReason.UNMAPPABLE, "why"), Optional.empty()));
        assertThat(record.cost()).isEqualTo(514 + 3 * 300);
        room.release(record.partition(), record.delivered(2, device("a"), AT));
        assertThat(record.cost()).isEqualTo(3 * 300);
        room.release(record.partition(), record.cost());

        assertThat(room.isFull(record.partition())).isFalse();
        room.take(record.partition(), 3 * each);
        assertThat(room.isFull(record.partition())).isTrue();
    }

    private static Torn torn(int parts) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            pieces.add(new Piece.Accepted(
                    new Part.Id("r", "/a", 50, i, "/a/" + i),
                    new Written.Ready(properties("d", "{}")),
                    PermittedDevices.ALL,
                    List.of()));
        }
        return new Torn(inFlight(new TestTelemetry.TestAssignment(), 1), pieces, new DeliveredParts());
    }
}
