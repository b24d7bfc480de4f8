package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.Draft;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

class WrittenTest {

    private static final ArrayNode ENTRIES = (ArrayNode) JsonMapper.shared().readTree("[{\"a\":1},{\"b\":2}]");

    @Test
    void wantsTheSenderWhereItIsKnown() {
        Written report = Written.of(new Draft.ChildProperties(device("child"), device("gateway"), ENTRIES), 100)
                .orElseThrow();

        assertThat(report.about()).isEqualTo(device("child"));
        assertThat(report.wanted()).isEqualTo(device("gateway"));
        assertThat(text(report.json())).isEqualTo("{\"a\":1},{\"b\":2}");
    }

    @Test
    void wantsTheChildWhereTheDirectoryHasToNameTheGateway() {
        Written.GatewayWanted report =
                (Written.GatewayWanted) Written.of(new Draft.ChildProperties(device("child"), null, ENTRIES), 100)
                        .orElseThrow();

        assertThat(report.about()).isEqualTo(device("child"));
        assertThat(report.wanted()).isEqualTo(device("child"));
        assertThat(report.through(device("g")).wanted()).isEqualTo(device("g"));
        assertThat(text(report.through(device("g")).json())).isEqualTo("{\"a\":1},{\"b\":2}");
    }
}
