package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                "{\"fault\":\"reset\",\"what\":\"x\"}"
            })
    void refusesFaultsThatItDoesNotKnow(String body) throws IOException {
        assertThat(send("POST", "/faults", body).statusCode()).isEqualTo(400);
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
