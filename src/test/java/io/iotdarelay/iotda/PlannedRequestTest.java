package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Json;
import io.iotdarelay.telemetry.Report;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class PlannedRequestTest {

    private static final DataSize ROOM = DataSize.ofKilobytes(64);

    @Test
    void joinsWhatALaneWouldJoin() {
        List<PlannedRequest> requests = PlannedRequest.of(
                List.of(properties("a", 1), properties("a", 2), properties("b", 3), message("b"), message("b")), ROOM);

        assertThat(requests.stream().map(PlannedRequestTest::text))
                .containsExactly(
                        "POST /v5/devices/a/sys/properties/report {\"services\":[{\"n\":1},{\"n\":2}]}",
                        "POST /v5/devices/b/sys/properties/report {\"services\":[{\"n\":3}]}",
                        "POST /v5/devices/b/sys/messages/up {}",
                        "POST /v5/devices/b/sys/messages/up {}");
        assertThat(requests.getFirst().sender()).isEqualTo(new DeviceId("a"));
    }

    @Test
    void keepsToTheSize() {
        assertThat(PlannedRequest.of(List.of(properties("a", 1), properties("a", 2)), DataSize.ofBytes(24)))
                .hasSize(2);
        assertThat(PlannedRequest.of(List.of(), ROOM)).isEmpty();
    }

    private static String text(PlannedRequest request) {
        return request.method() + " " + request.path() + " " + new String(request.body(), StandardCharsets.UTF_8);
    }

    private static Report properties(String device, int n) {
        return new Report.Properties(new DeviceId(device), json("{\"n\":" + n + "}"));
    }

    private static Report message(String device) {
        return new Report.Message(new DeviceId(device), json("{}"));
    }

    private static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }
}
