package io.iotdarelay.readback;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.StrictJson;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReportedTest {

    @Test
    void joinsTheEntriesOfAService() {
        Map<String, Reported> services = read("""
            {"service_id":"S","properties":{"a":1},"event_time":"2026-01-01T00:00:02.000Z"},
            {"service_id":"T","properties":{"a":9},"event_time":"yesterday"},
            {"service_id":"S","properties":{"a":2,"b":3},"event_time":"2026-01-01T00:00:01.000Z"}""");

        Reported s = Objects.requireNonNull(services.get("S"));
        assertThat(s.time()).contains(Instant.parse("2026-01-01T00:00:02Z"));
        assertThat(s.says("a", StrictJson.tree("1"))).isTrue();
        assertThat(s.says("a", StrictJson.tree("2"))).isTrue();
        assertThat(s.says("a", StrictJson.tree("9"))).isFalse();
        assertThat(s.says("none", StrictJson.tree("9"))).isFalse();
        assertThat(s.last("a")).as("the last one by its time").isEqualTo(StrictJson.tree("1"));
        assertThat(s.leaves("a", StrictJson.tree("1"))).isTrue();
        assertThat(s.leaves("a", StrictJson.tree("2"))).isFalse();
        assertThat(s.leaves("none", StrictJson.tree("1"))).isFalse();
        assertThat(s.last("none")).isNull();
        assertThat(Objects.requireNonNull(services.get("T")).time()).isEmpty();
    }

    @Test
    void leavesOutWhatTheShadowCannotHold() {
        assertThat(read("""
            {"service_id":"A.b","properties":{"a":1}},{"service_id":"$B","properties":{"a":1}},
            {"service_id":"","properties":{"a":1}},{"properties":{"a":1}},{"service_id":"C","properties":{}},
            {"service_id":"D","properties":{"a.b":1,"$":1,"n":null}},{"service_id":"E"},7""")).isEmpty();
    }

    @Test
    void isBoundedInServicesAndProperties() {
        StringBuilder json = new StringBuilder();
        for (int s = 0; s < 200; s++) {
            json.append(s == 0 ? "" : ",")
                    .append("{\"service_id\":\"S")
                    .append(s)
                    .append("\",\"properties\":{");
            for (int p = 0; p < 600; p++) {
                json.append(p == 0 ? "" : ",").append("\"p").append(p).append("\":1");
            }
            json.append("}}");
        }

        Map<String, Reported> services = read(json.toString());

        assertThat(services).hasSize(50);
        assertThat(Objects.requireNonNull(services.get("S0")).values()).hasSize(500);
    }

    @Test
    void whatIsNoJsonHasNoEntries() {
        assertThat(Reported.entries(ReadBackWorld.json("{"))).isEmpty();
        assertThat(Reported.entries(ReadBackWorld.json("{\"a\":1e99999999999}")))
                .isEmpty();
    }

    private static Map<String, Reported> read(String entries) {
        return Reported.byService(Reported.entries(ReadBackWorld.json(entries)).orElseThrow());
    }
}
