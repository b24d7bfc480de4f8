package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.iotdarelay.testing.ManualClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulatorApplicationTest {

    private static final String SECRET = "relay_secret-01";
    private static final String OTHER = "relay_secret-02";
    private static final String REPORT =
            "{\"services\":[{\"service_id\":\"Meter\",\"properties\":{\"temperature\":21.5}}]}";
    private static final String MODEL = """
        {"product_id":"meters","name":"Meters","protocol_type":"HTTPS","service_capabilities":[
          {"service_id":"Meter","service_type":"Meter","properties":[
            {"property_name":"temperature","data_type":"decimal","min":"-40","max":"85"},
            {"property_name":"energyWh","data_type":"long","required":true,"min":"0","max":"0"},
            {"property_name":"interval","data_type":"int","method":"RW","default_value":60}]}]}""";

    private final ManualClock clock = ManualClock.at("2026-11-27T12:00:00Z");
    private Simulator simulator;
    private ApplicationClient application;
    private PlainClient device;

    SimulatorApplicationTest() {
        start(new SimulatorOptions());
    }

    private void start(SimulatorOptions options) {
        simulator = Simulator.start(options.clock(clock).nanoTime(clock::nanoTime));
        simulator.registerProduct(MODEL);
        application = new ApplicationClient(simulator, clock);
        device = new PlainClient(simulator);
    }

    private void restart(SimulatorOptions options) {
        simulator.close();
        start(options);
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void aCreatedDeviceAuthenticatesAtOnce() throws IOException {
        HttpResponse<String> created = create("meter-1");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(json(created).at("/auth_info/secret").asString()).isEqualTo(SECRET);
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
        assertThat(simulator.device("meter-1")).isPresent();
    }

    @Test
    void namesADeviceAfterItsNodeAndMakesASecretWhereNoneIsGiven() throws IOException {
        JsonNode created = json(application.post("/devices", "{\"node_id\":\"n-1\",\"product_id\":\"meters\"}"));

        assertThat(created.path("device_id").asString()).isEqualTo("meters_n-1");
        assertThat(created.at("/auth_info/secret").asString()).matches("[A-Za-z0-9_-]{8,32}");
        assertThat(device.token("meters_n-1", created.at("/auth_info/secret").asString()))
                .isNotEmpty();
    }

    @Test
    void refusesASecondOneOfTheSameIdOrTheSameNode() throws IOException {
        create("meter-1");

        assertError(create("meter-1"), 400, "IOTDA.014031");
        assertError(
                application.post(
                        "/devices", "{\"node_id\":\"meter-1\",\"product_id\":\"meters\",\"device_id\":\"other\"}"),
                400,
                "IOTDA.014031");
        assertThat(simulator.ledger().requests(Api.CREATE_DEVICE))
                .extracting(Ledger.Request::device, Ledger.Request::processed)
                .containsExactly(tuple("meter-1", true), tuple("meter-1", false), tuple("other", false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|400|IOTDA.000006",
                "{|400|IOTDA.000006",
                "{\"node_id\":\"a b\",\"product_id\":\"meters\"}|400|IOTDA.000006",
                "{\"node_id\":\"a\",\"product_id\":\"meters\",\"auth_info\":{\"secret\":\"short\"}}|400|IOTDA.000006",
                "{\"node_id\":\"a\",\"product_id\":\"meters\",\"auth_info\":{\"auth_type\":\"NONE\"}}|400|IOTDA.000006",
                "{\"node_id\":\"a\",\"product_id\":\"meters\",\"auth_info\":{\"timeout\":-1}}|400|IOTDA.000006",
                "{\"node_id\":\"a\",\"product_id\":\"meters\",\"gateway_id\":\"nobody\"}|400|IOTDA.000006",
                "{\"node_id\":\"a\",\"product_id\":\"nothing\"}|404|IOTDA.013000",
                "{\"node_id\":\"a\",\"product_id\":\"meters\",\"app_id\":\"elsewhere\"}|403|IOTDA.001000",
            })
    void refusesWhatIsOutOfBounds(String body, int status, String code) throws IOException {
        assertError(application.post("/devices", body), status, code);
        assertThat(simulator.devices()).isEmpty();
    }

    @Test
    void thereAreTwoLevels() throws IOException {
        create("gateway");
        HttpResponse<String> child = createBehind("child", "gateway");

        assertThat(json(child).path("node_type").asString()).isEqualTo("ENDPOINT");
        assertThat(json(child).path("gateway_id").asString()).isEqualTo("gateway");
        assertError(createBehind("grandchild", "child"), 400, "IOTDA.000006");
    }

    @Test
    void aDeviceShowsItsSecretsUnlessTheyAreHidden() throws IOException {
        create("meter-1");
        reset("meter-1", OTHER, "SECONDARY");

        JsonNode shown = application.json("/devices/meter-1");
        assertThat(shown.at("/auth_info/secret").asString()).isEqualTo(SECRET);
        assertThat(shown.at("/auth_info/secondary_secret").asString()).isEqualTo(OTHER);
        assertThat(shown.path("gateway_id").asString()).isEqualTo("meter-1");
        simulator.application().secrets(Secrecy.MASKED);
        assertThat(application.json("/devices/meter-1").at("/auth_info/secret").asString())
                .isEqualTo("*".repeat(SECRET.length()));
        simulator.application().secrets(Secrecy.ABSENT);
        assertThat(application.get("/devices/meter-1").body()).doesNotContain("auth_info", SECRET);
        assertError(application.get("/devices/nobody"), 404, "IOTDA.014000");
    }

    @Test
    void eitherSecretAuthenticatesAndAResetCountsAtOnce() throws IOException {
        create("meter-1");
        String token = device.token("meter-1", SECRET);

        assertThat(reset("meter-1", OTHER, "SECONDARY").statusCode()).isEqualTo(200);
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
        assertThat(device.token("meter-1", OTHER)).isNotEmpty();
        reset("meter-1", "relay_secret-03", "PRIMARY");
        assertThat(device.token("meter-1", SECRET)).isEmpty();
        assertThat(report("meter-1", token)).isEqualTo(403);
        assertError(reset("nobody", OTHER, "PRIMARY"), 404, "IOTDA.014000");
        assertError(reset("meter-1", "short", "PRIMARY"), 400, "IOTDA.000006");
        assertError(reset("meter-1", OTHER, "TERTIARY"), 400, "IOTDA.000006");
    }

    @Test
    void aFrozenDeviceIsRefusedUntilItIsThawed() throws IOException {
        create("meter-1");
        application.post("/devices/meter-1/freeze", "");

        assertThat(device.token("meter-1", SECRET)).isEmpty();
        assertThat(application.json("/devices/meter-1").path("status").asString())
                .isEqualTo("FROZEN");
        application.post("/devices/meter-1/unfreeze", "");
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
        createBehind("child", "meter-1");
        assertError(application.post("/devices/child/freeze", ""), 400, "IOTDA.000006");
    }

    @Test
    void aDeletedDeviceIsGone() throws IOException {
        create("meter-1");
        String token = device.token("meter-1", SECRET);

        assertThat(application.call("DELETE", "/devices/meter-1", "").statusCode())
                .isEqualTo(204);
        assertThat(report("meter-1", token)).isEqualTo(403);
        assertError(application.call("DELETE", "/devices/meter-1", ""), 404, "IOTDA.014000");
        assertThat(create("meter-1").statusCode()).isEqualTo(201);
    }

    @Test
    void tokensCanSurvive() throws IOException {
        restart(new SimulatorOptions().tokensSurvive());
        create("meter-1");
        String token = device.token("meter-1", SECRET);

        reset("meter-1", OTHER, "PRIMARY");
        assertThat(report("meter-1", token)).isEqualTo(200);
    }

    @Test
    void aChildCanMove() throws IOException {
        create("gateway-1");
        create("gateway-2");
        createBehind("child", "gateway-1");

        assertThat(application
                        .post("/devices/child/change-gateway", "{\"gateway_id\":\"gateway-2\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(application.json("/devices/child").path("gateway_id").asString())
                .isEqualTo("gateway-2");
        assertError(
                application.post("/devices/gateway-1/change-gateway", "{\"gateway_id\":\"gateway-2\"}"),
                400,
                "IOTDA.000006");
    }

    @Test
    void aDeviceThatIsNotActiveInTimeIsDeleted() throws IOException {
        application.post("/devices", """
                {"node_id":"a","product_id":"meters","device_id":"a","auth_info":{"secret":"relay_secret-01","timeout":60}}""");
        application.post("/devices", """
                {"node_id":"b","product_id":"meters","device_id":"b","auth_info":{"secret":"relay_secret-01","timeout":60}}""");
        assertThat(application.json("/devices/a").path("status").asString()).isEqualTo("INACTIVE");
        device.token("a", SECRET);

        clock.advance(Duration.ofSeconds(60));

        assertThat(application.json("/devices/a").path("status").asString()).isEqualTo("ONLINE");
        assertError(application.get("/devices/b"), 404, "IOTDA.014000");
        assertThat(device.token("b", SECRET)).isEmpty();
    }

    @Test
    void aLostAnswerHasTakenEffect() throws IOException {
        simulator.faults().injectNext(1, Faults.api(Api.CREATE_DEVICE), new Fault.ResetAfterProcessing());

        assertThatThrownBy(() -> create("meter-1")).isInstanceOf(IOException.class);

        assertError(create("meter-1"), 400, "IOTDA.014031");
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
        assertThat(simulator.ledger().requests(Api.CREATE_DEVICE))
                .extracting(Ledger.Request::status)
                .containsExactly(201, 400);
    }

    @Test
    void faultsStrikeOneSideOnly() throws IOException {
        simulator.faults().inject(Faults.application(), new Fault.Answer(Reply.html(503)));
        simulator.register(SimulatedDevice.direct("meter-1", SECRET));

        assertThat(application.get("/products/meters").statusCode()).isEqualTo(503);
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
        simulator.faults().clear();
        simulator.faults().inject(Faults.reports(), new Fault.Answer(Reply.html(503)));
        assertThat(application.get("/products/meters").statusCode()).isEqualTo(200);
        simulator.faults().clear();
        simulator.faults().inject(Faults.devices(), new Fault.Answer(Reply.html(503)));
        assertThat(application.get("/products/meters").statusCode()).isEqualTo(200);
        assertThat(device.authenticate("meter-1", 0, PlainClient.HOUR, "").statusCode())
                .isEqualTo(503);
    }

    @Test
    void refusesWhatIsNotSignedOrForAnotherProject() throws IOException {
        assertError(device.get("/v5/iot/" + ApplicationAccess.SAMPLE.projectId() + "/devices"), 401, "IOTDA.000002");
        assertError(
                application.call("GET", "/devices", "", header -> header.replaceAll("[0-9a-f]{64}", "0".repeat(64))),
                401,
                "IOTDA.000002");
        assertThat(simulator.ledger().requests(Api.LIST_DEVICES))
                .extracting(Ledger.Request::detail)
                .containsExactly("not signed", "the signature is of something else, or by another key");
        ApplicationAccess sample = ApplicationAccess.SAMPLE;
        ApplicationClient elsewhere = new ApplicationClient(
                simulator.endpoint(),
                device,
                new ApplicationAccess(
                        sample.accessKey(), sample.secretKey(), sample.region(), "another", sample.appId()),
                clock);
        assertError(elsewhere.get("/devices"), 403, "IOTDA.000021");
        assertError(device.get("/v5/iot/x/y"), 404, "IOTDA.000029");
        assertError(device.get("/v5/" + ApplicationAccess.SAMPLE.projectId() + "/devices"), 404, "IOTDA.000029");
        assertThat(application.call("PUT", "/devices", "").statusCode()).isEqualTo(405);
    }

    @Test
    void aClockThatIsOffAndANewGrantRefuse() throws IOException {
        simulator.application().clockOffset(Duration.ofMinutes(-16));
        assertError(application.get("/devices"), 401, "IOTDA.000002");
        simulator.application().clockOffset(Duration.ofMinutes(-14));
        assertThat(application.get("/devices").statusCode()).isEqualTo(200);

        simulator.application().grantTakes(Duration.ofMinutes(2));
        assertError(application.get("/devices"), 401, "IOTDA.000002");
        clock.advance(Duration.ofMinutes(2));
        assertThat(application.get("/devices").statusCode()).isEqualTo(200);
    }

    @Test
    void aNewDeviceCanBeInvisibleForAWhile() throws IOException {
        simulator.application().createdVisibleAfter(Duration.ofSeconds(5));
        create("meter-1");

        assertError(application.get("/devices/meter-1"), 404, "IOTDA.014000");
        assertError(application.get("/devices/meter-1/shadow"), 404, "IOTDA.014000");
        assertThat(application.json("/devices").path("devices")).isEmpty();
        assertError(create("meter-1"), 400, "IOTDA.014031");
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
        clock.advance(Duration.ofSeconds(5));
        assertThat(application.get("/devices/meter-1").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"secret\""})
    void resetsNoSecretByABrokenBody(String body) throws IOException {
        create("meter-1");

        assertError(application.post("/devices/meter-1/action?action_id=resetSecret", body), 400, "IOTDA.000006");
        assertThat(device.token("meter-1", SECRET)).isNotEmpty();
    }

    @Test
    void decodesAPathOnce() throws IOException {
        assertError(application.get("/devices/a%252Fb"), 404, "IOTDA.014000");

        assertThat(simulator.ledger().requests(Api.GET_DEVICE))
                .extracting(Ledger.Request::device)
                .containsExactly("a%2Fb");
    }

    @Test
    void aShorterDelayOfShadowsShowsWhatCameEarlierFirst() throws IOException {
        create("meter-1");
        String token = device.token("meter-1", SECRET);
        simulator.application().shadowDelay(Duration.ofMinutes(10));
        report("meter-1", token, "1");
        simulator.application().shadowDelay(Duration.ofSeconds(1));
        report("meter-1", token, "2");

        assertThat(temperature()).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(temperature()).isEqualTo("2");
        assertThat(simulator.application().shadow("meter-1").at("/0/version").asInt())
                .isEqualTo(1);
        clock.advance(Duration.ofMinutes(10));
        assertThat(temperature()).isEqualTo("2");
    }

    private String temperature() {
        return simulator
                .application()
                .shadow("meter-1")
                .at("/0/reported/properties/temperature")
                .asString("");
    }

    private void report(String id, String token, String temperature) throws IOException {
        device.post("/v5/devices/" + id + "/sys/properties/report", token, REPORT.replace("21.5", temperature));
    }

    @Test
    void showsProducts() throws IOException {
        simulator.registerProduct(
                "small",
                new SimulatedProduct(Map.of(
                        "S", Map.of("n", SimulatedProduct.Property.of("int").between("0", "9")))));

        JsonNode product = application.json("/products/meters");
        assertThat(product.path("name").asString()).isEqualTo("Meters");
        assertThat(product.path("service_capabilities"))
                .isEqualTo(JsonMapper.shared().readTree(MODEL).path("service_capabilities"));
        assertThat(application
                        .json("/products/small")
                        .at("/service_capabilities/0/properties/0/max")
                        .asString())
                .isEqualTo("9");
        assertThat(application
                        .json("/products?limit=1")
                        .at("/products/0/product_id")
                        .asString())
                .isEqualTo("small");
        assertThat(application.json("/products").at("/page/count").asInt()).isEqualTo(2);
        assertError(application.get("/products/nothing"), 404, "IOTDA.013000");
        assertError(application.get("/products/meters?app_id=elsewhere"), 403, "IOTDA.001000");
    }

    @Test
    void createsProducts() throws IOException {
        HttpResponse<String> created = application.post("/products", """
                {"name":"P","device_type":"T","protocol_type":"HTTPS","data_format":"json","service_capabilities":[]}""");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(application
                        .get("/products/" + json(created).path("product_id").asString())
                        .statusCode())
                .isEqualTo(200);
        assertError(application.post("/products", MODEL.replace("\"decimal\"", "\"float\"")), 400, "IOTDA.000006");
        assertError(
                application.post("/products", MODEL.replace("\"energyWh\"", "\"temperature\"")), 400, "IOTDA.000006");
    }

    @Test
    void requiredIsNotEnforcedUnlessAskedFor() throws IOException {
        create("meter-1");
        report("meter-1", device.token("meter-1", SECRET));
        assertThat(simulator.ledger().accepted("meter-1")).singleElement().satisfies(report -> {
            assertThat(report.content()).hasToString("{\"temperature\":21.5}");
            assertThat(report.discarded()).isFalse();
        });

        restart(new SimulatorOptions().enforceRequired());
        create("meter-1");
        report("meter-1", device.token("meter-1", SECRET));
        assertThat(simulator.ledger().accepted("meter-1"))
                .singleElement()
                .satisfies(report -> assertThat(report.discarded()).isTrue());
    }

    @Test
    void aNewModelCountsAtOnce() throws IOException {
        create("meter-1");
        String token = device.token("meter-1", SECRET);
        simulator.registerProduct(MODEL.replace("\"85\"", "\"20\""));

        report("meter-1", token);

        assertThat(simulator.ledger().accepted("meter-1"))
                .singleElement()
                .satisfies(report -> assertThat(report.discarded()).isTrue());
    }

    @Test
    void theShadowFollowsWhatWasKept() throws IOException {
        create("meter-1");
        String token = device.token("meter-1", SECRET);
        device.post(
                "/v5/devices/meter-1/sys/properties/report",
                token,
                "{\"services\":[{\"service_id\":\"Meter\",\"properties\":{\"temperature\":21.50,\"unknown\":1},"
                        + "\"event_time\":\"2026-11-27T11:59:58.123Z\"}]}");
        device.post(
                "/v5/devices/meter-1/sys/properties/report",
                token,
                "{\"services\":[{\"service_id\":\"Meter\",\"properties\":{\"energyWh\":9007199254740993}}]}");

        assertThat(application.get("/devices/meter-1/shadow").body())
                .isEqualTo("{\"device_id\":\"meter-1\",\"shadow\":[{\"service_id\":\"Meter\","
                        + "\"desired\":{\"properties\":{\"interval\":60},\"event_time\":\"20261127T120000Z\"},"
                        + "\"reported\":{\"properties\":{\"temperature\":21.50,\"energyWh\":9007199254740993},"
                        + "\"event_time\":\"20261127T120000Z\"},\"version\":1}]}");
        assertError(application.get("/devices/nobody/shadow"), 404, "IOTDA.014000");
    }

    @Test
    void theShadowComesLaterOrNotAtAll() throws IOException {
        create("meter-1");
        String token = device.token("meter-1", SECRET);
        simulator.application().shadowDelay(Duration.ofSeconds(5));
        report("meter-1", token);

        assertThat(reported("meter-1")).isEqualTo("{}");
        clock.advance(Duration.ofSeconds(5));
        assertThat(reported("meter-1")).isEqualTo("{\"temperature\":21.5}");

        simulator.application().shadowDelay(Duration.ZERO);
        simulator.application().holdShadows();
        device.post("/v5/devices/meter-1/sys/properties/report", token, REPORT.replace("21.5", "3"));
        assertThat(reported("meter-1")).isEqualTo("{\"temperature\":21.5}");
        simulator.application().releaseShadows();
        assertThat(reported("meter-1")).isEqualTo("{\"temperature\":3}");
    }

    @Test
    void namesWithPeriodsNeverShow() throws IOException {
        simulator.register(SimulatedDevice.direct("plain", SECRET));
        device.post(
                "/v5/devices/plain/sys/properties/report",
                device.token("plain", SECRET),
                "{\"services\":[{\"service_id\":\"S\",\"properties\":{\"a.b\":1,\"$c\":2,\"d\":3}}]}");

        assertThat(reported("plain")).isEqualTo("{\"d\":3}");
        assertThat(simulator.ledger().accepted("plain"))
                .singleElement()
                .satisfies(report -> assertThat(report.content()).hasSize(3));
    }

    @Test
    void pagesFollowTheMarkerNewestFirstWhileDevicesAreAdded() throws IOException {
        for (int i = 0; i < 25; i++) {
            create("meter-" + i);
        }
        List<String> seen = new ArrayList<>();
        JsonNode page = application.json("/devices?limit=10&marker=ffffffffffffffffffffffff");
        while (!page.path("devices").isEmpty() && seen.size() < 100) {
            page.path("devices").forEach(each -> seen.add(each.path("device_id").asString()));
            create("late-" + seen.size());
            page = application.json(
                    "/devices?limit=10&marker=" + page.at("/page/marker").asString());
        }

        assertThat(seen)
                .containsExactlyElementsOf(Stream.iterate(24, i -> i >= 0, i -> i - 1)
                        .map(i -> "meter-" + i)
                        .toList());
        assertThat(page.at("/page/count").asInt()).isEqualTo(28);
    }

    @Test
    void listsShowNoSecretAndFilter() throws IOException {
        create("gateway");
        createBehind("child", "gateway");
        create("meter-1");

        HttpResponse<String> all = application.get("/devices");
        assertThat(all.body()).doesNotContain(SECRET, "auth_info");
        assertThat(json(all).path("devices")).hasSize(3);
        assertThat(application.json("/devices?gateway_id=gateway").path("devices"))
                .hasSize(2);
        assertThat(application
                        .json("/devices?node_id=meter-1&product_id=meters")
                        .path("devices"))
                .hasSize(1);
        assertThat(application
                        .json("/devices?product_id=other")
                        .at("/page/count")
                        .asInt())
                .isZero();
        assertThat(application
                        .json("/devices?limit=1&offset=2")
                        .at("/devices/0/device_id")
                        .asString())
                .isEqualTo("gateway");
    }

    @ParameterizedTest
    @CsvSource({"limit=0", "limit=51", "limit=x", "offset=501", "marker=0", "marker=FFFFFFFFFFFFFFFFFFFFFFFF"})
    void refusesPagesOutOfBounds(String query) throws IOException {
        assertError(application.get("/devices?" + query), 400, "IOTDA.000006");
    }

    @Test
    void rates() throws IOException {
        restart(new SimulatorOptions()
                .rates(Rates.none()
                        .with(Rates.Of.ALL, 5)
                        .with(Rates.Of.READ_DEVICE, 2)
                        .with(Rates.Of.CREATE, new Rates.Rate(3, Duration.ofMinutes(1)))));
        create("a");
        create("b");
        create("c");

        assertError(create("d"), 403, "IOTDA.021101");
        clock.advance(Duration.ofSeconds(20));
        assertThat(create("d").statusCode()).isEqualTo(201);
        assertError(create("e"), 403, "IOTDA.021101");
        assertThat(application.get("/devices/a").statusCode()).isEqualTo(200);
        assertThat(application.get("/devices/a").statusCode()).isEqualTo(200);
        assertError(application.get("/devices/a"), 403, "IOTDA.021101");
        assertThat(simulator.ledger().requests(Api.GET_DEVICE).getLast().detail())
                .isEqualTo("rate of READ_DEVICE");
        application.get("/products/meters");
        assertError(application.get("/products/meters"), 403, "IOTDA.021101");
    }

    @ParameterizedTest
    @EnumSource
    void throttlesInSeveralWays(Throttling throttling) throws IOException {
        restart(new SimulatorOptions().rates(Rates.none().with(Rates.Of.ALL, 1)).throttling(throttling));
        application.get("/devices");

        HttpResponse<String> throttled = application.get("/devices");

        assertThat(throttled.statusCode()).isEqualTo(throttling == Throttling.FORBIDDEN ? 403 : 429);
        assertThat(throttled.headers().firstValue("Retry-After").isPresent())
                .isEqualTo(throttling == Throttling.RETRY_AFTER);
    }

    @Test
    void theAccessTellsNoSecret() {
        assertThat(simulator.application().access()).asString().doesNotContain(ApplicationAccess.SAMPLE.secretKey());
        assertThat(SimulatedDevice.direct("d", SECRET)).asString().doesNotContain(SECRET);
    }

    private HttpResponse<String> create(String id) throws IOException {
        return application.post("/devices", """
                {"node_id":"%s","product_id":"meters","device_id":"%s","auth_info":{"auth_type":"SECRET","secret":"%s","timeout":0}}""".formatted(id, id, SECRET));
    }

    private HttpResponse<String> createBehind(String id, String gateway) throws IOException {
        return application.post("/devices", """
                {"node_id":"%s","product_id":"meters","device_id":"%s","gateway_id":"%s"}""".formatted(id, id, gateway));
    }

    private HttpResponse<String> reset(String id, String secret, String type) throws IOException {
        return application.post(
                "/devices/" + id + "/action?action_id=resetSecret",
                "{\"secret\":\"" + secret + "\",\"secret_type\":\"" + type + "\"}");
    }

    private int report(String id, String token) throws IOException {
        return device.post("/v5/devices/" + id + "/sys/properties/report", token, REPORT)
                .statusCode();
    }

    private String reported(String id) {
        return simulator.application().shadow(id).at("/0/reported/properties").toString();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void assertError(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"error_code\":\"" + code + "\"");
    }
}
