package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.Draft;
import io.iotdarelay.testing.MapDirectory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Records that call devices by their nodes. */
class NodeNamesTest {

    private static final ArrayNode SERVICES = JsonNodeFactory.instance.arrayNode();
    private static final ObjectNode BODY = JsonNodeFactory.instance.objectNode();

    private final DeviceDirectory directory = new MapDirectory()
            .with("p_1", "secret")
            .with("p_g", "secret")
            .with("both", "secret")
            .withNode("n1", "p_1")
            .withNode("g", "p_g")
            .withNode("both", "p_1");
    private final NodeNames names = new NodeNames(directory::named);

    @Test
    void namesTheDeviceOfANode() {
        assertThat(names.resolve(new Draft.Properties(device("n1"), SERVICES)))
                .isEqualTo(new Draft.Properties(device("p_1"), SERVICES));
        assertThat(names.resolve(new Draft.Message(device("n1"), BODY)))
                .isEqualTo(new Draft.Message(device("p_1"), BODY));
        assertThat(names.resolve(new Draft.ChildProperties(device("n1"), null, SERVICES)))
                .isEqualTo(new Draft.ChildProperties(device("p_1"), null, SERVICES));
        assertThat(names.resolve(new Draft.ChildProperties(device("c"), device("g"), SERVICES)))
                .isEqualTo(new Draft.ChildProperties(device("c"), device("p_g"), SERVICES));
    }

    @Test
    void leavesDevicesAndWhatIsUnknownAsTheyAre() {
        assertSame(new Draft.Properties(device("p_1"), SERVICES));
        assertSame(new Draft.Properties(device("both"), SERVICES));
        assertSame(new Draft.Message(device("nobody"), BODY));
        assertSame(new Draft.ChildProperties(device("nobody"), device("p_g"), SERVICES));
    }

    private void assertSame(Draft.Reportable draft) {
        assertThat(names.resolve(draft)).isSameAs(draft);
    }
}
