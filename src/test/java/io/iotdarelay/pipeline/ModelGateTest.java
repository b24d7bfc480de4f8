package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.Draft;
import io.iotdarelay.model.LoadedModels;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.model.ModelCompiler;
import io.iotdarelay.model.ModelsProperties;
import io.iotdarelay.model.RouteShape;
import io.iotdarelay.model.Validation;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.Drafts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report of each kind, held against the model of the device that it is about. */
class ModelGateTest {

    private static final DeviceId DEVICE = new DeviceId("device");
    private static final DeviceId GATEWAY = new DeviceId("gateway");

    private static LoadedModels models;

    @BeforeAll
    static void read(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("model.json"), """
                {"service_capabilities":[{"service_id":"S","properties":[{"property_name":"n","data_type":"int"}]}]}""");
        ModelsProperties properties = ModelsProperties.of(
                Validation.COERCE,
                Map.of("child-product", ModelsProperties.ProductProperties.of(file.toString())),
                List.of());
        RouteShape route = new RouteShape("relay.routes[0]", "r", null, null, List.of());
        models = ((ModelCompiler.Compilation.Compiled) ModelCompiler.compile(properties, List.of(route))).models();
    }

    @Test
    void letsPassWhatFits() {
        Draft.Properties fitting = new Draft.Properties(DEVICE, services("1"));

        assertThat(pass(fitting)).isSameAs(fitting);
    }

    @Test
    void passesOnWhatTheValidationChanges() {
        assertThat(pass(new Draft.Properties(DEVICE, services("\"1\""))))
                .hasToString(new Draft.Properties(DEVICE, services("1")).toString());
        assertThat(pass(new Draft.ChildProperties(DEVICE, GATEWAY, services("1.0"))))
                .isInstanceOfSatisfying(Draft.ChildProperties.class, child -> {
                    assertThat(child.gateway()).isEqualTo(GATEWAY);
                    assertThat(new String(Drafts.json(child).utf8(), StandardCharsets.UTF_8))
                            .isEqualTo("{\"service_id\":\"S\",\"properties\":{\"n\":1}}");
                });
    }

    @Test
    void rejectsWhatDoesNotFitByTheModelOfTheChild() {
        assertThat(pass(new Draft.ChildProperties(DEVICE, GATEWAY, services("true"))))
                .isEqualTo(new Draft.Unmappable(Rejection.of(
                                RejectionReason.MODEL_VIOLATION,
                                "product child-product: S.n: expected int, got boolean")
                        .about(DEVICE)));
        assertThat(pass(new Draft.ChildProperties(GATEWAY, null, services("true"))))
                .as("a device without a product")
                .isInstanceOf(Draft.ChildProperties.class);
    }

    @Test
    void aMessageHasNoModel() {
        Draft.Message message =
                new Draft.Message(DEVICE, (ObjectNode) JsonMapper.shared().readTree("{\"n\":true}"));

        assertThat(pass(message)).isSameAs(message);
    }

    private static Draft pass(Draft.Reportable draft) {
        return new ModelGate(new ModelCheck(() -> models, ModelGateTest::product, (route, rule, action, times) -> {}))
                .pass("r", draft);
    }

    private static @Nullable String product(DeviceId device) {
        return device.equals(DEVICE) ? "child-product" : null;
    }

    private static ArrayNode services(String n) {
        return (ArrayNode) JsonMapper.shared().readTree("[{\"service_id\":\"S\",\"properties\":{\"n\":" + n + "}}]");
    }
}
