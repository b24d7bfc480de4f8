package io.iotdarelay.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentRejectionTest {

    @Test
    void aDetailIsShort() {
        assertThat(rejection("x".repeat(301)).detail()).isEqualTo("x".repeat(300) + "...");
        assertThat(rejection("x".repeat(300)).detail()).isEqualTo("x".repeat(300));
    }

    private static RecentRejection rejection(String detail) {
        return new RecentRejection(
                Instant.EPOCH, new RecordPosition("t", 0, 1), "r", RejectionReason.REFUSED, detail, null);
    }
}
