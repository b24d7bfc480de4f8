package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorReportTest {

    private static final String DEVICE = "device-1";
    private static final String SECRET = "12345678";
    private static final String PROPERTIES = "/v5/devices/device-1/sys/properties/report";
    private static final String MESSAGES = "/v5/devices/device-1/sys/messages/up";
    private static final String GATEWAY = "/v5/devices/device-1/sys/gateway/sub-devices/properties/report";

    private Simulator simulator = Simulator.start();
    private PlainClient client = new PlainClient(simulator);
    private String token = "";

    SimulatorReportTest() throws IOException {
        prepare();
    }

    private void prepare() throws IOException {
        simulator.register(
                SimulatedDevice.direct(DEVICE, SECRET),
                SimulatedDevice.direct("device-2", SECRET),
                SimulatedDevice.child("child-1", DEVICE),
                SimulatedDevice.child("child-2", DEVICE),
                SimulatedDevice.child("foreign", "device-2"));
        token = client.token(DEVICE, SECRET);
        simulator.ledger().clear();
    }

    private void restart(SimulatorOptions options) throws IOException {
        simulator.close();
        simulator = Simulator.start(options);
        client = new PlainClient(simulator);
        prepare();
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void keepsPropertiesInTheLedger() throws IOException {
        HttpResponse<String> answer = client.post(
                PROPERTIES,
                token,
                "{\"services\":[{\"service_id\":\"T\",\"properties\":{\"v\":57},\"event_time\":\"2021-08-13T10:10:10.555Z\"},"
                        + "{\"service_id\":\"T\",\"properties\":{\"v\":58},\"event_time\":\"2021-08-13T10:10:11.555Z\"}]}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(simulator.ledger().accepted(DEVICE))
                .extracting(report -> report.eventTime() + " " + report.content())
                .containsExactly("2021-08-13T10:10:10.555Z {\"v\":57}", "2021-08-13T10:10:11.555Z {\"v\":58}");
        assertThat(simulator.ledger().requests(Api.PROPERTIES)).singleElement().satisfies(request -> {
            assertThat(request.status()).isEqualTo(200);
            assertThat(request.processed()).isTrue();
        });
    }

    @Test
    void answersWithAnObjectWhereAskedTo() throws IOException {
        restart(new SimulatorOptions().emptyObjects());

        assertThat(client.post(PROPERTIES, token, entry("1")).body()).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2021-08-13T10:10:10Z",
                "20210813T101010Z",
                "2021-08-13T10:10:10.555+08:00",
                "2021-13-45T99:10:10.555Z",
                "now"
            })
    void takesItsOwnTimeForOneThatItCannotRead(String time) throws IOException {
        HttpResponse<String> answer = client.post(
                PROPERTIES,
                token,
                "{\"services\":[{\"service_id\":\"T\",\"properties\":{\"v\":57},\"event_time\":\"" + time + "\"}]}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(simulator.ledger().accepted(DEVICE))
                .singleElement()
                .extracting(Ledger.Accepted::eventTime)
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"services\":{}}",
                "{\"services\":[]}",
                "{\"services\":[1]}",
                "{\"services\":[{\"properties\":{}}]}",
                "{\"services\":[{\"service_id\":\"T\"}]}",
                "{\"services\":[{\"service_id\":\"T\",\"properties\":[]}]}"
            })
    void refusesPropertiesOfAnotherForm(String body) throws IOException {
        assertError(client.post(PROPERTIES, token, body), 400, "IOTDA.000006");
        assertThat(simulator.ledger().accepted()).isEmpty();
    }

    @Test
    void refusesNoToken() throws IOException {
        assertError(client.post(PROPERTIES, null, entry("1")), 403, "IOTDA.000004");
    }

    @Test
    void refusesAnUnknownToken() throws IOException {
        assertError(client.post(PROPERTIES, "made-up", entry("1")), 403, "IOTDA.000004");
    }

    @Test
    void refusesTheTokenOfAnotherDevice() throws IOException {
        assertError(client.post(PROPERTIES, client.token("device-2", SECRET), entry("1")), 403, "IOTDA.000004");
    }

    @Test
    void refusesTheTokenOfAFrozenDevice() throws IOException {
        simulator.freeze(DEVICE);

        assertError(client.post(PROPERTIES, token, entry("1")), 403, "IOTDA.000004");
    }

    @Test
    void refusesMoreThanOneMegabyteOfProperties() throws IOException {
        assertThat(client.post(PROPERTIES, token, ofSize(1_048_576)).statusCode())
                .isEqualTo(200);
        assertError(client.post(PROPERTIES, token, ofSize(1_048_577)), 403, "IOTDA.021105");
    }

    @ParameterizedTest
    @CsvSource({"403, IOTDA.021105", "400, IOTDA.000006", "413, "})
    void refusesMoreThanOneMegabyteOfMessageAsConfigured(int status, String code) throws IOException {
        restart(new SimulatorOptions()
                .oversizedMessage(code == null ? Reply.html(status) : Reply.error(status, code, "too large")));

        HttpResponse<String> answer = client.post(MESSAGES, token, "\"" + "x".repeat(1_048_576) + "\"");

        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void forwardsAnyMessage() throws IOException {
        assertThat(client.post(MESSAGES, token, "{\"name\":\"n\",\"id\":\"1\",\"content\":\"c\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.post(MESSAGES, token, "no JSON").statusCode()).isEqualTo(200);

        assertThat(simulator.ledger().accepted(DEVICE))
                .extracting(report -> report.content().toString())
                .containsExactly("{\"name\":\"n\",\"id\":\"1\",\"content\":\"c\"}", "\"bm8gSlNPTg==\"");
    }

    @Test
    void takesAGatewaysMessageForItsChildOnly() throws IOException {
        assertThat(client.post(MESSAGES, token, "{\"object_device_id\":\"child-1\",\"content\":\"c\"}")
                        .statusCode())
                .isEqualTo(200);
        assertError(
                client.post(MESSAGES, token, "{\"object_device_id\":\"foreign\",\"content\":\"c\"}"),
                400,
                "IOTDA.000006");
        assertThat(simulator.ledger().accepted("child-1")).hasSize(1);
    }

    @Test
    void takesABatchOfChildren() throws IOException {
        assertThat(client.post(GATEWAY, token, batch("child-1", "child-2")).statusCode())
                .isEqualTo(200);

        assertThat(simulator.ledger().accepted())
                .extracting(report -> report.device() + " by " + report.sender())
                .containsExactly("child-1 by device-1", "child-2 by device-1");
    }

    @Test
    void refusesABatchWithAForeignChildWhole() throws IOException {
        assertError(client.post(GATEWAY, token, batch("child-1", "foreign")), 400, "IOTDA.021104");
        assertThat(simulator.ledger().accepted()).isEmpty();
    }

    @Test
    void refusesABatchWithAForeignChildInPartWhereAskedTo() throws IOException {
        restart(new SimulatorOptions().partialBatches());

        assertError(client.post(GATEWAY, token, batch("child-1", "foreign")), 400, "IOTDA.021104");
        assertThat(simulator.ledger().accepted())
                .extracting(Ledger.Accepted::device)
                .containsExactly("child-1");
    }

    @Test
    void refusesMoreThanFiftyChildren() throws IOException {
        String[] ids = IntStream.range(0, 51).mapToObj(i -> "c" + i).toArray(String[]::new);
        for (String id : ids) {
            simulator.register(SimulatedDevice.child(id, DEVICE));
        }

        HttpResponse<String> answer = client.post(GATEWAY, token, batch(ids));

        assertError(answer, 403, "IOTDA.021103");
        assertThat(answer.body()).contains("(50)");
    }

    @Test
    void knowsOnlyFourRoutes() throws IOException {
        assertThat(client.post(
                                "/v5/devices/device-1/sys/gateway/sub_devices/properties/report",
                                token,
                                batch("child-1"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(client.get(PROPERTIES).statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @CsvSource({"SILENT_PROPERTY, 200, {\"a\":1}", "SILENT_SERVICE, 200, {}", "SILENT_REQUEST, 200, {}", "STRICT, 400, "
    })
    void filtersByTheModel(ModelFilter filter, int status, String kept) throws IOException {
        restart(new SimulatorOptions().modelFilter(filter));
        simulator.register(SimulatedDevice.direct(DEVICE, SECRET)
                .of(new SimulatedProduct(Map.of(
                        "S",
                        Map.of(
                                "a", SimulatedProduct.Property.of("int").between("0", "9"),
                                "b", SimulatedProduct.Property.of("string"))))));

        HttpResponse<String> answer = client.post(
                PROPERTIES, token, "{\"services\":[{\"service_id\":\"S\",\"properties\":{\"a\":1,\"b\":2,\"c\":3}}]}");

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 200) {
            assertThat(simulator.ledger().accepted(DEVICE)).singleElement().satisfies(report -> {
                assertThat(report.content()).hasToString(kept);
                assertThat(report.discarded()).isTrue();
            });
        } else {
            assertThat(simulator.ledger().accepted()).isEmpty();
        }
    }

    private static String entry(String value) {
        return "{\"services\":[{\"service_id\":\"T\",\"properties\":{\"v\":" + value + "}}]}";
    }

    private static String ofSize(int bytes) {
        String frame = entry("\"\"");
        return entry("\"" + "x".repeat(bytes - frame.length()) + "\"");
    }

    private static String batch(String... children) {
        return java.util.Arrays.stream(children)
                .map(child -> "{\"device_id\":\"" + child
                        + "\",\"services\":[{\"service_id\":\"T\",\"properties\":{\"v\":1}}]}")
                .collect(Collectors.joining(",", "{\"devices\":[", "]}"));
    }

    private static void assertError(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.body()).contains("\"error_code\":\"" + code + "\"");
    }
}
