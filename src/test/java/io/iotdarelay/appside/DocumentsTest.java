package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DocumentsTest {

    private static final String NEXT = "5f0d1e2c3b4a59687786958a";

    @Test
    void readsADevice() {
        JsonNode document = json("""
                {"app_id":"space","device_id":"meter-1","node_id":"0001","gateway_id":"gateway-1","node_type":"ENDPOINT",
                 "product_id":"p","status":"FROZEN","unknown":{"x":1},
                 "auth_info":{"auth_type":"SECRET","secret":"first-secret","secondary_secret":"second-secret","timeout":0}}""");

        assertThat(Documents.device(document))
                .contains(new Device(
                        new DeviceId("meter-1"),
                        "0001",
                        "p",
                        Optional.of(new DeviceId("gateway-1")),
                        Device.Status.FROZEN,
                        Device.Proof.SECRET,
                        Optional.of(new DeviceSecret("first-secret")),
                        Optional.of(new DeviceSecret("second-secret"))));
        assertThat(Documents.device(document).orElseThrow().toString()).doesNotContain("first-", "second-");
    }

    @Test
    void aDeviceThatIsItsOwnGatewayHasNone() {
        Device device = Documents.device(json("{\"device_id\":\"d\",\"gateway_id\":\"d\"}"))
                .orElseThrow();

        assertThat(device.gateway()).isEmpty();
        assertThat(device.secret()).isEmpty();
        assertThat(device.status()).isEqualTo(Device.Status.OTHER);
        assertThat(device.proof()).isEqualTo(Device.Proof.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"device_id\":\"\"}", "{\"device_id\":\"a/b\"}", "[]", "{\"device_id\":7.5}"})
    void withoutAnIdItIsNoDevice(String document) {
        assertThat(Documents.device(json(document)).map(Device::id)).isEmpty();
        assertThat(Documents.shadow(json(document))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "********", "ab******"})
    void aMaskedSecretIsNone(String shown) {
        assertThat(Documents.secret(json("{\"secret\":\"" + shown + "\"}"), "secret"))
                .isEmpty();
    }

    @Test
    void keepsAProductsModelAsItCame() {
        Product product = Documents.product(json(
                        "{\"product_id\":\"p\",\"name\":\"Meters\",\"service_capabilities\":[{\"service_id\":\"表\"}]}"))
                .orElseThrow();

        assertThat(product.id()).isEqualTo("p");
        assertThat(product.name()).isEqualTo("Meters");
        assertThat(new String(product.model().utf8(), StandardCharsets.UTF_8))
                .contains("\"service_capabilities\":[{\"service_id\":\"表\"}]");
        assertThat(Documents.product(json("{}"))).isEmpty();
    }

    @Test
    void readsAShadow() {
        Shadow shadow = Documents.shadow(json("""
                {"device_id":"d","shadow":[
                 {"service_id":"Meter","version":328,"desired":{"properties":{"interval":60}},
                  "reported":{"properties":{"energy":9007199254740993.10},"event_time":"20261127T120005Z"}},
                 {"service_id":"Other","version":0,"reported":{"properties":{},"event_time":"2026-11-27T12:00:05Z"}},
                 {"service_id":"Never","desired":{"properties":{}}}]}""")).orElseThrow();

        assertThat(shadow.device()).isEqualTo(new DeviceId("d"));
        assertThat(shadow.services()).extracting(Shadow.Service::id).containsExactly("Meter", "Other", "Never");
        Shadow.Service meter = shadow.services().getFirst();
        assertThat(meter.version()).isEqualTo(328);
        Shadow.Reported reported = meter.reported().orElseThrow();
        assertThat(reported.time()).contains(Instant.parse("2026-11-27T12:00:05Z"));
        assertThat(reported.properties().path("energy").decimalValue())
                .isEqualTo(new BigDecimal("9007199254740993.10"));
        assertThat(shadow.services().get(1).reported().orElseThrow().time()).isEmpty();
        assertThat(shadow.services().get(2).reported()).isEmpty();
    }

    @Test
    void aPageThatIsNotFullIsTheLast() {
        DevicePage page = Documents.page(page(49, NEXT), DevicePage.FIRST, 0).orElseThrow();

        assertThat(page.devices()).hasSize(49);
        assertThat(page.count()).isEqualTo(120);
        assertThat(page.next()).isEmpty();
    }

    @Test
    void aFullPageSaysWhereTheNextBegins() {
        assertThat(Documents.page(page(50, NEXT), DevicePage.FIRST, 0)
                        .orElseThrow()
                        .next())
                .contains(NEXT);
    }

    /** Otherwise the rest of the list would be missing, or be asked for without an end. */
    @ParameterizedTest
    @CsvSource({"''", "5f0d1e2c3b4a59687786958a", "a&b"})
    void aFullPageWithoutThatIsNone(String marker) {
        assertThat(Documents.page(page(50, marker), NEXT, 50)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'{\"count\":50}'", "'{\"count\":0}'", "'{}'", "'{\"count\":\"?\",\"marker\":\"\"}'"})
    void aFullPageWithoutThatIsTheLastIfThereAreNoMore(String page) {
        assertThat(Documents.page(
                                json("{\"devices\":[" + devices(50) + "],\"page\":" + page + "}"), DevicePage.FIRST, 0)
                        .orElseThrow()
                        .next())
                .isEmpty();
    }

    @Test
    void thePagesBeforeItCountToo() {
        String page = "{\"devices\":[" + devices(50) + "],\"page\":{\"count\":100}}";

        assertThat(Documents.page(json(page), NEXT, 50).orElseThrow().next()).isEmpty();
        assertThat(Documents.page(json(page), NEXT, 49)).isEmpty();
    }

    @Test
    void oneStrangeDeviceDoesNotHideTheRest() {
        DevicePage page = Documents.page(
                        json("{\"devices\":[{\"device_id\":\"a b\"},{\"device_id\":\"d\"}]}"), NEXT, 50)
                .orElseThrow();

        assertThat(page.devices()).extracting(Device::id).containsExactly(new DeviceId("d"));
        assertThat(page.leftOut()).isEqualTo(1);
    }

    @Test
    void somethingElseIsNoPage() {
        assertThat(Documents.page(json("{\"page\":{}}"), NEXT, 50)).isEmpty();
    }

    private static JsonNode page(int size, String marker) {
        return json("{\"devices\":[" + devices(size) + "],\"page\":{\"count\":120,\"marker\":\"" + marker + "\"}}");
    }

    private static String devices(int size) {
        return IntStream.range(0, size)
                .mapToObj(number -> "{\"device_id\":\"d" + number + "\"}")
                .collect(Collectors.joining(","));
    }

    private static JsonNode json(String text) {
        return StrictJson.tree(text);
    }
}
