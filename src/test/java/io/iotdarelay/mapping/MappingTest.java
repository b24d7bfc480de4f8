package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Json;
import org.junit.jupiter.api.Test;

class MappingTest {

    @Test
    void needsTheSenderWhereItIsKnown() {
        Mapping.Reportable mapped = new Mapping.Mapped(child("gateway", "child", "{}"));

        assertThat(mapped.about()).isEqualTo(device("child"));
        assertThat(mapped.wanted()).isEqualTo(device("gateway"));
        assertThat(mapped.json().utf8()).isEqualTo(json("{}").utf8());
    }

    @Test
    void needsTheChildWhereTheDirectoryNamesTheGateway() {
        Json services = json("{}");
        Mapping.Reportable child = new Mapping.GatewayWanted(device("child"), services);

        assertThat(child.about()).isEqualTo(device("child"));
        assertThat(child.wanted()).isEqualTo(device("child"));
        assertThat(child.json()).isEqualTo(services);
    }
}
