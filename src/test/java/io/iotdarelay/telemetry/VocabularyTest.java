package io.iotdarelay.telemetry;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Test
    void recordWeighsKeyValueAndHeaders() {
        assertThat(record(1, "key", "value", header("h", "12"), header("n", null))
                        .size())
                .isEqualTo(3 + 5 + 1 + 2 + 1);
        assertThat(record(1, null, null).size()).isZero();
    }

    @Test
    void positionNamesTheRecord() {
        assertThat(new RecordPosition("t", 3, 42)).hasToString("t-3-42");
    }

    @Test
    void reportsAreSentByTheirDeviceOrItsGateway() {
        assertThat(properties("d", "{}").sender()).isEqualTo(device("d"));
        assertThat(message("d", "{}").sender()).isEqualTo(device("d"));
        assertThat(child("g", "c", "{}").sender()).isEqualTo(device("g"));
        assertThat(child("g", "c", "{}").device()).isEqualTo(device("c"));
    }

    @Test
    void entriesBecomeAnArray() {
        assertThat(new Json("1,2".getBytes(StandardCharsets.UTF_8)).inBrackets())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[1,2]");
        assertThat(new Json(new byte[0]).inBrackets())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[]");
    }

    @Test
    void recordIsAbandonedWithItsAssignment() {
        TestAssignment assignment = new TestAssignment();
        RecordInFlight record = inFlight(assignment, 1);
        assertThat(record.isAbandoned()).isFalse();

        assignment.end();

        assertThat(record.isAbandoned()).isTrue();
    }

    @Test
    void recordOfASourceTopicStandsWhereItStoodFirst() {
        TestAssignment assignment = new TestAssignment();
        RecordInFlight record = inFlight(assignment, 7);

        assignment.rejected(record.record(), RejectionReason.UNMAPPABLE);

        assertThat(record.origin()).isEqualTo(record.record().position());
        assertThat(record.isRedriven()).isFalse();
        assertThat(assignment.settled()).isEmpty();
    }

    @Test
    void rejectionsHaveDistinctCodes() {
        assertThat(Arrays.stream(RejectionReason.values()).map(RejectionReason::code))
                .containsExactly(
                        "undecodable",
                        "unmappable",
                        "model-violation",
                        "too-large",
                        "unknown-device",
                        "not-permitted",
                        "device-rejected",
                        "device-failing",
                        "child-rejected",
                        "refused",
                        "internal-error");
        assertThat(RejectionReason.values())
                .allSatisfy(reason -> assertThat(reason.meaning()).isNotBlank());
    }

    @Test
    void rejectionCanNameItsDeviceLater() {
        Rejection rejection = Rejection.of(RejectionReason.UNDECODABLE, "why").about(device("d"));

        assertThat(rejection).isEqualTo(new Rejection(RejectionReason.UNDECODABLE, "why", device("d"), null, 0));
    }

    @Test
    void excerptIsBounded() {
        assertThat(new PlatformAnswer(500, null, "x".repeat(1024)).excerpt()).hasSize(1024);
        assertThatThrownBy(() -> new PlatformAnswer(500, null, "x".repeat(1025)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jsonKnowsItsLength() {
        assertThat(io.iotdarelay.testing.TestTelemetry.json("ä").length()).isEqualTo(2);
    }

    @Test
    void positionsAreWrittenAsKafkaWritesThem() {
        RecordPosition position = new RecordPosition("a.b", 3, 17);

        assertThat(position).hasToString("a.b-3-17");
        assertThat(position.sourcePartition()).hasToString("a.b-3");
    }

    @Test
    void outcomesAreValues() {
        assertThat(new Outcome.Delivered()).isEqualTo(new Outcome.Delivered());
        assertThat(new Outcome.Superseded()).isEqualTo(new Outcome.Superseded());
        Rejection rejection = Rejection.of(RejectionReason.REFUSED, "");
        assertThat(new Outcome.Rejected(rejection).rejection()).isSameAs(rejection);
    }
}
