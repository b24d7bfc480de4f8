package io.iotdarelay.iotda;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Report;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestBodyTest {

    @Test
    void joinsEntriesOfADevice() {
        assertThat(body(properties("d", "{\"a\":1}"), properties("d", "{\"b\":2},{\"c\":3}")))
                .isEqualTo("{\"services\":[{\"a\":1},{\"b\":2},{\"c\":3}]}");
    }

    @Test
    void groupsEntriesByChildAndKeepsTheirOrder() {
        assertThat(body(child("g", "x", "{\"a\":1}"), child("g", "y", "{\"b\":2}"), child("g", "x", "{\"c\":3}")))
                .isEqualTo("{\"devices\":[{\"device_id\":\"x\",\"services\":[{\"a\":1},{\"c\":3}]},"
                        + "{\"device_id\":\"y\",\"services\":[{\"b\":2}]}]}");
    }

    @Test
    void sendsAMessageAsItIs() {
        assertThat(body(message("d", "{\"content\":\"ä\"}"))).isEqualTo("{\"content\":\"ä\"}");
    }

    @Test
    void knowsWhatIsTooLargeForAnyRequest() {
        assertThat(RequestBody.LIMIT.ofReport()).isEqualTo(999_744);
    }

    @Test
    void keepsUnderTheLimitWithTheLongestNames() {
        Report largest = child("g".repeat(128), "c".repeat(128), "x".repeat(1_000_000 - 256));

        assertThat(largest.json().length()).isLessThanOrEqualTo(RequestBody.LIMIT.ofReport());
        assertThat(RequestBody.of(List.of(largest)).length).isLessThanOrEqualTo(RequestBody.MAX_SIZE);
    }

    private static String body(Report... reports) {
        return new String(RequestBody.of(List.of(reports)), StandardCharsets.UTF_8);
    }
}
