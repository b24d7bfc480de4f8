package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulatorAuthenticationTest {

    private static final String DEVICE = "device-1";
    private static final String SECRET = "12345678";
    private static final String BODY = "{\"services\":[{\"service_id\":\"S\",\"properties\":{\"p\":1}}]}";

    private final ManualClock clock = ManualClock.at("2024-06-26T02:30:00Z");
    private final Simulator simulator = Simulator.start(new SimulatorOptions().clock(clock));
    private final PlainClient client = new PlainClient(simulator);

    SimulatorAuthenticationTest() {
        simulator.register(SimulatedDevice.direct(DEVICE, SECRET));
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    /** V1 was published by Huawei, V2 by a public client's own test; the others were computed with two languages. */
    @ParameterizedTest
    @CsvSource({
        "2025041401, 12345678, c75150e6cb841417396819e4d2ee4358a416344a03a083e3a8567074ddec820a",
        "2018072417, 12345678, cda20ea47ca2e8f01d9dd8aa9eb7e7937562f5be6982ea82d46c582c4a476b3f",
        "2019120219, 12345678, 338ce4d607e62fdca760488716216fbe0a19771874db10ce30360e5c777c3e3c",
        "2024062602, 12345678, f8b3480ac5e92ab7d2ed0e399dc0c73f2192043d8b2597714f8f74e0f6b166a8",
        "2024062602, 0123456789abcdef0123456789abcdef, c27527a972075607b014e065489574dadd8ae60e95730d05078cad5f0618e7fc",
        "2024062602, A-b_C-d_, 55da26191b202bbb8c0474508583a5192e846c1bf8cb25e087d1bc5b55be356a",
        "2026123123, relay_secret-01, 99b9873a97e9358fa5c38e051670e7c28f7ad05fb983025d8e086f19253ffe41",
        "2027010100, relay_secret-01, 679757ded7332c0a5a27adb4ceaf4138182f17e004d722dff041759bfdcff400"
    })
    void acceptsTheKnownPasswords(String hour, String secret, String password) throws IOException {
        simulator.register(SimulatedDevice.direct(DEVICE, secret));

        assertThat(client.authenticate(DEVICE, 0, hour, password).statusCode()).isEqualTo(200);
    }

    @Test
    void computesThePasswordThatNoBodyMayCarry() {
        assertThat(Passwords.expected("202012222200", "123456789"))
                .isEqualTo("c0fefa1341fb0647290e93f641a9bcea74cd32111668cdc5f7418553640a55cc");
    }

    @Test
    void refusesKeyAndMessageSwapped() throws IOException {
        assertFailed(client.authenticate(
                DEVICE, 0, "2025041401", "75e7262705ff85203403e600f652133f9cac4e4d1400b44f3582e778a97f6c36"));
    }

    @Test
    void grantsATokenWithWhatRemainsOfItsLife() throws IOException {
        HttpResponse<String> answer =
                client.authenticate(DEVICE, 0, PlainClient.HOUR, Passwords.expected(PlainClient.HOUR, SECRET));

        assertThat(answer.body()).matches("\\{\"access_token\":\"[0-9a-f-]{36}\",\"expires_in\":86399}");
    }

    @Test
    void refusesAWrongSecret() throws IOException {
        assertFailed(
                client.authenticate(DEVICE, 0, PlainClient.HOUR, Passwords.expected(PlainClient.HOUR, "another1")));
    }

    @Test
    void refusesAnUnknownDevice() throws IOException {
        assertFailed(client.authenticate("nobody", 0, PlainClient.HOUR, Passwords.expected(PlainClient.HOUR, SECRET)));
    }

    @Test
    void refusesAFrozenDeviceUntilItIsThawed() throws IOException {
        simulator.freeze(DEVICE);
        assertFailed(client.authenticate(DEVICE, 0, PlainClient.HOUR, Passwords.expected(PlainClient.HOUR, SECRET)));

        simulator.unfreeze(DEVICE);
        assertThat(client.token(DEVICE, SECRET)).isNotEmpty();
    }

    @Test
    void refusesADeviceThatHasACertificate() throws IOException {
        simulator.register(SimulatedDevice.direct(DEVICE, SECRET).withCertificate());

        assertFailed(client.authenticate(DEVICE, 0, PlainClient.HOUR, Passwords.expected(PlainClient.HOUR, SECRET)));
    }

    @Test
    void refusesAChild() throws IOException {
        simulator.register(SimulatedDevice.child("child", DEVICE));

        assertFailed(client.authenticate("child", 0, PlainClient.HOUR, Passwords.expected(PlainClient.HOUR, SECRET)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2001010100, 200",
        "1, 2024062602, 200",
        "1, 2024062601, 200",
        "1, 2024062603, 200",
        "1, 2024062600, 401",
        "1, 2024062604, 401",
        "1, 2024062699, 401"
    })
    void comparesTheTimeForSignType1Only(int signType, String hour, int status) throws IOException {
        HttpResponse<String> answer = client.authenticate(DEVICE, signType, hour, Passwords.expected(hour, SECRET));

        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{",
                "[]",
                "{\"device_id\":\"device-1\",\"sign_type\":0,\"timestamp\":\"2024062602\"}",
                "{\"device_id\":\"device-1\",\"sign_type\":2,\"timestamp\":\"2024062602\",\"password\":\"f8b3480ac5e92ab7d2ed0e399dc0c73f2192043d8b2597714f8f74e0f6b166a8\"}",
                "{\"device_id\":\"device-1\",\"sign_type\":\"0\",\"timestamp\":\"2024062602\",\"password\":\"f8b3480ac5e92ab7d2ed0e399dc0c73f2192043d8b2597714f8f74e0f6b166a8\"}",
                "{\"device_id\":\"device-1\",\"sign_type\":0,\"timestamp\":\"202406260\",\"password\":\"f8b3480ac5e92ab7d2ed0e399dc0c73f2192043d8b2597714f8f74e0f6b166a8\"}",
                "{\"device_id\":\"../etc\",\"sign_type\":0,\"timestamp\":\"2024062602\",\"password\":\"f8b3480ac5e92ab7d2ed0e399dc0c73f2192043d8b2597714f8f74e0f6b166a8\"}"
            })
    void refusesAMalformedRequest(String body) throws IOException {
        HttpResponse<String> answer = client.post("/v5/device-auth", null, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error_code\":\"IOTDA.000006\",\"error_msg\":\"Invalid input data.\"}");
    }

    @Test
    void letsTheOldTokenLiveForThirtySecondsMore() throws IOException {
        String old = client.token(DEVICE, SECRET);
        String young = client.token(DEVICE, SECRET);

        clock.advance(Duration.ofSeconds(29));
        assertThat(report(old)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(2));
        assertThat(report(old)).isEqualTo(403);
        assertThat(report(young)).isEqualTo(200);
    }

    @Test
    void doesNotProlongATokenThatIsAboutToExpire() throws IOException {
        simulator.tokenLifetime(Duration.ofSeconds(20));
        String old = client.token(DEVICE, SECRET);
        clock.advance(Duration.ofSeconds(15));
        client.token(DEVICE, SECRET);

        clock.advance(Duration.ofSeconds(6));
        assertThat(report(old)).isEqualTo(403);
    }

    @Test
    void endsATokenWithItsLife() throws IOException {
        simulator.tokenLifetime(Duration.ofSeconds(3));
        String token = client.token(DEVICE, SECRET);

        clock.advance(Duration.ofSeconds(2));
        assertThat(report(token)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(report(token)).isEqualTo(403);
    }

    @Test
    void voidsTokensOnDemand() throws IOException {
        String token = client.token(DEVICE, SECRET);

        simulator.revokeTokens(DEVICE);

        assertThat(report(token)).isEqualTo(403);
    }

    private int report(String token) throws IOException {
        return client.post("/v5/devices/" + DEVICE + "/sys/properties/report", token, BODY)
                .statusCode();
    }

    private static void assertFailed(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body())
                .isEqualTo("{\"error_code\":\"IOTDA.000002\",\"error_msg\":\"Authentication failed.\"}");
    }
}
