package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ControlDeskTest {

    private static final String SECRET = "12345678";

    private final Simulator simulator = Simulator.start(new SimulatorOptions().ledgerKeeps(4));
    private final ControlDesk desk = new ControlDesk(simulator, "127.0.0.1", 0);
    private final HttpClient http = HttpClient.newHttpClient();
    private final PlainClient device = new PlainClient(simulator);

    ControlDeskTest() {
        simulator.register(SimulatedDevice.direct("one", SECRET), SimulatedDevice.direct("two", SECRET));
    }

    @AfterEach
    void stop() {
        http.close();
        desk.close();
        simulator.close();
    }

    @Test
    void showsTheLedgerWithoutSecretsOrTokens() throws IOException {
        String token = device.token("one", SECRET);
        report("one", token, 1);
        report("one", "wrong", 2);

        HttpResponse<String> requests = send("GET", "/ledger/requests", "");
        HttpResponse<String> accepted = send("GET", "/ledger/accepted?device=one", "");

        assertThat(json(requests).path("requests"))
                .extracting(request -> request.path("api").asString() + " "
                        + request.path("status").asInt() + " "
                        + request.path("error_code").asString(""))
                .containsExactly("DEVICE_AUTH 200 ", "PROPERTIES 200 ", "PROPERTIES 403 IOTDA.000004");
        assertThat(json(accepted).at("/accepted/0/content").toString()).isEqualTo("{\"v\":1}");
        assertThat(requests.body()
                        + accepted.body()
                        + send("GET", "/ledger", "").body())
                .doesNotContain(SECRET, token, "wrong");
        assertThat(json(send("GET", "/ledger", ""))
                        .at("/answers/PROPERTIES 200")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void isReadOnFromWhereOneHasStopped() throws IOException {
        String token = device.token("one", SECRET);
        report("one", token, 1);

        JsonNode first = json(send("GET", "/ledger/requests?limit=1", ""));
        JsonNode rest =
                json(send("GET", "/ledger/requests?from=" + first.path("next").asLong(), ""));

        assertThat(first.path("requests")).hasSize(1);
        assertThat(rest.path("requests")).hasSize(1);
        assertThat(json(send("GET", "/ledger/requests?api=properties", "")).path("requests"))
                .hasSize(1);
        assertThat(json(send("GET", "/ledger/requests?device=two", "")).path("requests"))
                .isEmpty();
    }

    @Test
    void countsTowardsTheLimitOnlyWhatMatches() throws IOException {
        String token = device.token("one", SECRET);
        report("one", "wrong", 1);
        report("one", token, 2);

        JsonNode second = json(send("GET", "/ledger/requests?api=properties&limit=2", ""));
        JsonNode first = json(send("GET", "/ledger/requests?api=properties&limit=1", ""));

        assertThat(second.path("requests")).hasSize(2);
        assertThat(first.at("/requests/0/status").asInt()).isEqualTo(403);
        assertThat(first.path("next").asLong())
                .as("after the login, and the report")
                .isEqualTo(2);
    }

    @Test
    void keepsTheLatestOnly() throws IOException {
        String token = device.token("one", SECRET);
        for (int i = 0; i < 9; i++) {
            report("one", token, i);
        }

        JsonNode accepted = json(send("GET", "/ledger/accepted", ""));
        assertThat(accepted.path("accepted"))
                .extracting(each -> each.at("/content/v").asInt())
                .containsExactly(4, 5, 6, 7, 8);
        assertThat(accepted.path("next").asLong()).isEqualTo(9);
        assertThat(json(send("GET", "/ledger", "")).path("accepted").asInt()).isEqualTo(9);
        assertThat(send("DELETE", "/ledger", "").statusCode()).isEqualTo(204);
        assertThat(json(send("GET", "/ledger/accepted", "")).path("accepted")).isEmpty();
    }

    @Test
    void takesFaultsAndEndsThem() throws IOException {
        String token = device.token("one", SECRET);

        JsonNode ordered = json(send(
                "POST", "/faults", "{\"fault\":\"answer\",\"status\":\"503\",\"retry-after\":7,\"device\":\"one\"}"));

        assertThat(report("one", token, 1)).isEqualTo(503);
        assertThat(device.token("two", SECRET)).isNotEmpty();
        String number = ordered.path("number").asString();
        assertThat(json(send("GET", "/faults", "")).path(number).path("fault").asString())
                .isEqualTo("answer");
        assertThat(send("DELETE", "/faults/" + number, "").statusCode()).isEqualTo(204);
        assertThat(report("one", token, 2)).isEqualTo(200);
        assertThat(send("DELETE", "/faults/" + number, "").statusCode()).isEqualTo(404);

        send(
                "POST",
                "/faults",
                "{\"fault\":\"answer\",\"side\":\"device\",\"times\":1,\"code\":\"IOTDA.000006\",\"status\":400}");
        assertThat(report("one", token, 3)).isEqualTo(400);
        assertThat(report("one", token, 4)).isEqualTo(200);
        send("POST", "/faults", "{\"fault\":\"answer\",\"api\":\"properties\"}");
        send("DELETE", "/faults", "");
        assertThat(report("one", token, 5)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "nonsense",
                "{\"fault\":\"fire\"}",
                "{\"fault\":\"reset\",\"api\":\"NOTHING\"}",
                "{\"fault\":\"reset\",\"side\":\"left\"}",
                "{\"fault\":\"delay\",\"delay\":\"soon\"}",
                "{\"fault\":\"delay\",\"delay\":\"999999999m\"}",
                "{\"fault\":\"delay\",\"most\":\"200ms\"}",
                "{\"fault\":\"delay\",\"delay\":\"2s\",\"most\":\"1999ms\"}",
                "{\"fault\":\"reset\",\"times\":0}",
                "{\"fault\":\"reset\",\"times\":\"often\"}",
                "{\"fault\":\"reset\",\"api\":\"unknown\"}",
                "{\"fault\":\"answer\",\"status\":99}",
                "{\"fault\":\"answer\",\"status\":101}",
                "{\"fault\":\"answer\",\"retry-after\":\"1\\r\\nX: y\"}",
                "{\"fault\":\"throttle\",\"per-second\":\"NaN\"}",
                "{\"fault\":\"throttle\",\"per-second\":-1}",
                "{\"fault\":\"reset\",\"what\":\"x\"}"
            })
    void refusesFaultsThatItDoesNotKnow(String body) throws IOException {
        HttpResponse<String> answer = send("POST", "/faults", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").asString())
                .isNotEmpty()
                .doesNotContain("For input string", "No enum constant");
        assertThat(json(send("GET", "/faults", ""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fault=delay,delay=10ms,most=20ms",
                "fault=silence",
                "fault=reset,times=2",
                "fault=lost-answer,api=CREATE_DEVICE",
                "fault=slow-body,per-byte=1ms",
                "fault=throttle,per-second=5",
                "fault=drop-above,per-second=0.5,side=application"
            })
    void knowsAllFaultsOfTheCommandLine(String text) {
        assertThat(FaultOrder.parse(text).words()).containsKey("fault");
    }

    @Test
    void givesTheAuthorityAndDelaysShadows() throws IOException {
        assertThat(send("GET", "/ca.pem", "").body()).isEqualTo(simulator.certificateAuthority());
        assertThat(send("GET", "/health", "").body()).isEqualTo("UP\n");
        assertThat(send("PUT", "/shadow-delay", "10m").statusCode()).isEqualTo(204);
        assertThat(send("PUT", "/shadow-delay", "long").statusCode()).isEqualTo(400);

        report("one", device.token("one", SECRET), 1);

        assertThat(simulator.application().shadow("one")).isEmpty();
    }

    @Test
    void forgetsFaultsThatAreSpent() throws IOException {
        String token = device.token("one", SECRET);
        send("POST", "/faults", "{\"fault\":\"answer\",\"api\":\"properties\",\"times\":2}");

        assertThat(report("one", token, 1)).isEqualTo(503);
        assertThat(json(send("GET", "/faults", "")).at("/1/left").asInt()).isEqualTo(1);
        assertThat(report("one", token, 2)).isEqualTo(503);
        assertThat(json(send("GET", "/faults", ""))).isEmpty();
        assertThat(send("DELETE", "/faults/1", "").statusCode()).isEqualTo(404);
    }

    @Test
    void takesAThousandFaultsAtMost() throws IOException {
        for (int i = 0; i < 1000; i++) {
            send("POST", "/faults", "{\"fault\":\"reset\",\"device\":\"nobody\"}");
        }

        assertThat(send("POST", "/faults", "{\"fault\":\"reset\"}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void countsFromTheBeginningOnceTheLedgerIsCleared() throws IOException {
        String token = device.token("one", SECRET);
        send("DELETE", "/ledger", "");

        JsonNode cleared = json(send("GET", "/ledger", ""));
        assertThat(cleared.path("requests").asInt()).isZero();
        assertThat(cleared.path("handshakes").asInt()).isZero();

        report("one", token, 1);
        assertThat(json(send("GET", "/ledger", "")).path("requests").asInt()).isEqualTo(1);
        assertThat(json(send("GET", "/ledger/requests", ""))
                        .at("/requests/0/number")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void refusesLargeBodies() throws IOException {
        String large = "{\"fault\":\"reset\",\"device\":\"" + "x".repeat(65_536) + "\"}";

        assertThat(send("POST", "/faults", large).statusCode()).isEqualTo(413);
        assertThat(send("PUT", "/shadow-delay", large).statusCode()).isEqualTo(413);
        assertThat(json(send("GET", "/faults", ""))).isEmpty();
    }

    @Test
    void setsHowTheApplicationSideBehaves() throws IOException {
        ApplicationClient application = new ApplicationClient(simulator, Clock.systemUTC());
        assertThat(application.json("/devices/one").at("/auth_info/secret").asString())
                .isEqualTo(SECRET);

        send("PUT", "/secrets", "masked");
        assertThat(application.json("/devices/one").at("/auth_info/secret").asString())
                .isEqualTo("********");
        send("PUT", "/secrets", "absent");
        assertThat(application.json("/devices/one").path("auth_info").isMissingNode())
                .isTrue();

        send("PUT", "/visible-after", "10m");
        assertThat(application.get("/devices/one").statusCode()).isEqualTo(404);
        send("PUT", "/visible-after", "0s");

        send("PUT", "/clock-offset", "-16m");
        assertThat(application.get("/devices/one").statusCode()).isEqualTo(401);
        send("PUT", "/clock-offset", "0s");

        send("PUT", "/grant-delay", "10m");
        assertThat(application.get("/devices/one").statusCode()).isEqualTo(401);
        send("PUT", "/grant-delay", "0s");
        assertThat(application.get("/devices/one").statusCode()).isEqualTo(200);

        send("PUT", "/shadows", "held");
        report("one", device.token("one", SECRET), 1);
        assertThat(simulator.application().shadow("one")).isEmpty();
        send("PUT", "/shadows", "released");
        assertThat(simulator.application().shadow("one")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"/secrets, none", "/visible-after, -1s", "/clock-offset, 5", "/grant-delay, x", "/shadows, frozen"})
    void refusesSettingsThatItDoesNotKnow(String path, String text) throws IOException {
        assertThat(send("PUT", path, text).statusCode()).isEqualTo(400);
    }

    private int report(String id, String token, int value) throws IOException {
        return device.post(
                        "/v5/devices/" + id + "/sys/properties/report",
                        token,
                        "{\"services\":[{\"service_id\":\"S\",\"properties\":{\"v\":" + value + "}}]}")
                .statusCode();
    }

    private HttpResponse<String> send(String method, String path, String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + desk.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
