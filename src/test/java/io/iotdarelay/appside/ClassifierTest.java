package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class ClassifierTest {

    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "GET_DEVICE,    200, '',           found",
        "CREATE_DEVICE, 201, '',           found",
        "CREATE_DEVICE, 200, IOTDA.014111, refused",
        "CREATE_DEVICE, 400, IOTDA.014031, exists",
        "GET_DEVICE,    404, IOTDA.014000, absent",
        "GET_DEVICE,    403, IOTDA.014000, absent",
        "GET_DEVICE,    404, IOTDA.999999, refused",
        "GET_SHADOW,    404, IOTDA.999999, refused",
        "RESET_SECRET,  404, IOTDA.999999, refused",
        "RESET_SECRET,  404, IOTDA.014000, absent",
        "GET_SHADOW,    404, IOTDA.014000, absent",
        "GET_PRODUCT,   404, IOTDA.999999, absent",
        "GET_PRODUCT,   403, IOTDA.014000, refused",
        "CREATE_DEVICE, 404, IOTDA.999999, refused",
        "CREATE_DEVICE, 404, IOTDA.014000, refused",
        "CREATE_DEVICE, 400, IOTDA.014000, refused",
        "LIST_DEVICES,  404, IOTDA.014000, refused",
        "LIST_DEVICES,  404, IOTDA.999999, refused",
        "GET_DEVICE,    404, '',           misconfigured",
        "GET_DEVICE,    404, APIG.0101,    misconfigured",
        "GET_DEVICE,    404, IOTDA.000029, misconfigured",
        "CREATE_DEVICE, 400, IOTDA.000006, refused",
        "CREATE_DEVICE, 400, IOTDA.013005, refused",
        "CREATE_DEVICE, 400, '',           refused",
        "CREATE_DEVICE, 409, IOTDA.999999, refused",
        "GET_DEVICE,    401, IOTDA.000002, misconfigured",
        "GET_DEVICE,    401, '',           misconfigured",
        "GET_DEVICE,    401, APIGW.0301,   misconfigured",
        "GET_DEVICE,    403, IOTDA.000021, misconfigured",
        "GET_PRODUCT,   403, IOTDA.001000, misconfigured",
        "GET_PRODUCT,   403, IOTDA.001006, misconfigured",
        "GET_DEVICE,    403, IOTDA.999999, refused",
        "GET_DEVICE,    403, '',           misconfigured",
        "GET_DEVICE,    403, IOTDA.021101, throttled",
        "GET_DEVICE,    403, IOTDA.021102, throttled",
        "GET_DEVICE,    403, APIGW.0308,   throttled",
        "GET_DEVICE,    403, APIG.0308,    throttled",
        "GET_DEVICE,    403, APIx.0308,    misconfigured",
        "GET_DEVICE,    403, APIG.0306,    misconfigured",
        "GET_DEVICE,    403, APIG.0402,    misconfigured",
        "GET_DEVICE,    403, APIGW.1005,   misconfigured",
        "GET_DEVICE,    403, IOTDA.021103, refused",
        "CREATE_DEVICE, 400, IOTDA.021104, refused",
        "GET_DEVICE,    429, '',           throttled",
        "GET_DEVICE,    429, APIGW.0308,   throttled",
        "GET_DEVICE,    302, '',           misconfigured",
        "GET_DEVICE,    405, '',           misconfigured",
        "GET_DEVICE,    415, '',           misconfigured",
        "GET_DEVICE,    408, '',           unreachable",
        "GET_DEVICE,    425, '',           unreachable",
        "GET_DEVICE,    500, IOTDA.014000, unreachable",
        "GET_DEVICE,    503, '',           unreachable"
    })
    void looksAtTheCodeFirst(Call call, int status, String code, String outcome) {
        assertThat(answer(call, reply(status, code, "words")).code()).isEqualTo(outcome);
    }

    /** It is about the access key: the device side has the same code for a device's secret. */
    @ParameterizedTest
    @EnumSource
    void a401IsNeverAboutADevice(Call call) {
        assertThat(answer(call, reply(401, "IOTDA.000002", "no")))
                .isInstanceOf(Answer.Misconfigured.class)
                .extracting(Answer::describe)
                .asString()
                .startsWith("the application side answers HTTP 401 IOTDA.000002: no (check the access key");
    }

    @ParameterizedTest
    @CsvSource({"30, 30", "'Fri, 27 Nov 2026 12:00:05 GMT', 5", "soon,", ","})
    void passesOnHowLongToWait(@Nullable String header, @Nullable Integer seconds) {
        HttpReply reply = new HttpReply(429, new byte[0], Optional.ofNullable(header), false);

        assertThat(answer(Call.GET_DEVICE, reply))
                .isEqualTo(new Answer.Throttled<>(
                        new Answer.Said(429, Optional.empty(), ""),
                        Optional.ofNullable(seconds).map(Duration::ofSeconds)));
    }

    @ParameterizedTest
    @CsvSource({"<html>sign in</html>", "'{\"other\":'", "''"})
    void aSuccessThatIsNoJsonIsSomebodyElses(String body) {
        assertThat(answer(Call.GET_DEVICE, success(body)))
                .isInstanceOf(Answer.Misconfigured.class)
                .extracting(Answer::describe)
                .asString()
                .contains("is it a proxy?");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"other\":1}'",
        "[]",
        "'{\"device_id\":\"d\",\"x\":1e9999999999}'",
        "'{\"device_id\":\"d\",\"device_id\":\"e\"}'"
    })
    void aSuccessWithoutWhatWasAskedForIsRefused(String body) {
        assertThat(answer(Call.GET_DEVICE, success(body)))
                .isEqualTo(new Answer.Refused<>(
                        new Answer.Said(200, Optional.empty(), "the body is not what was asked for")));
    }

    /** The answer to a change of gateways has no fields, and perhaps no body. */
    @Test
    void aChangeOfGatewaysMayAnswerNothing() {
        assertThat(moved(success(""))).isEqualTo(new Answer.Found<>("moved"));
        assertThat(moved(success("{}"))).isEqualTo(new Answer.Found<>("moved"));
        assertThat(moved(success("<html>sign in</html>"))).isInstanceOf(Answer.Misconfigured.class);
        assertThat(moved(new HttpReply(
                        404,
                        "{\"error_code\":\"IOTDA.014000\"}".getBytes(StandardCharsets.UTF_8),
                        Optional.empty(),
                        false)))
                .isInstanceOf(Answer.Absent.class);
    }

    private static Answer<String> moved(HttpReply reply) {
        return new Classifier(Call.CHANGE_GATEWAY, new Redaction(List.of()))
                .answer(reply, NOW, document -> Optional.of("moved"));
    }

    private static HttpReply success(String body) {
        return new HttpReply(200, body.getBytes(StandardCharsets.UTF_8), Optional.empty(), false);
    }

    @Test
    void aSuccessThatIsNestedTooDeeplyIsRefused() {
        assertThat(answer(Call.GET_DEVICE, success("[".repeat(1000) + "]".repeat(1000))))
                .isInstanceOf(Answer.Refused.class);
    }

    @Test
    void anAnswerThatIsTooLongIsThisRequestsTrouble() {
        HttpReply reply = new HttpReply(200, new byte[0], Optional.empty(), true);

        assertThat(answer(Call.GET_PRODUCT, reply).describe())
                .isEqualTo("HTTP 200: the answer has more than 4194304 bytes");
    }

    @ParameterizedTest
    @CsvSource({"503, unreachable", "429, throttled", "404, misconfigured", "401, misconfigured", "400, refused"})
    void aFailureThatIsTooLongMeansWhatItsStatusSays(int status, String outcome) {
        HttpReply reply = new HttpReply(status, new byte[0], Optional.of("30"), true);

        assertThat(answer(Call.GET_DEVICE, reply).code()).isEqualTo(outcome);
    }

    @Test
    void believesNoErrorCodeOfAnotherForm() {
        assertThat(answer(Call.CREATE_DEVICE, reply(400, "IOTDA.000006\\nforged", "no")))
                .isEqualTo(new Answer.Refused<>(new Answer.Said(400, Optional.empty(), "no")));
    }

    @Test
    void repeatsNoSecretThatIsEchoed() {
        assertThat(answer(Call.CREATE_DEVICE, reply(400, "IOTDA.000006", "secret hunter22 is weak"))
                        .describe())
                .isEqualTo("HTTP 400 IOTDA.000006: secret (hidden) is weak");
    }

    @Test
    void describesEachAnswer() {
        Answer.Said said = new Answer.Said(404, Optional.of("IOTDA.014000"), "");

        assertThat(new Answer.Found<>("x").describe()).isEqualTo("found");
        assertThat(new Answer.Absent<>(said).describe()).isEqualTo("HTTP 404 IOTDA.014000");
        assertThat(new Answer.Exists<>(said).describe()).isEqualTo("HTTP 404 IOTDA.014000");
        assertThat(new Answer.Throttled<>(said, Optional.empty()).describe()).isEqualTo("HTTP 404 IOTDA.014000");
        assertThat(new Answer.Unreachable<>("no", true).describe()).isEqualTo("no");
        assertThat(new Answer.Withheld<>("later")).extracting(Answer::describe).isEqualTo("later");
        assertThat(new Answer.Withheld<>("later").code()).isEqualTo("withheld");
    }

    private static HttpReply reply(int status, String code, String words) {
        String body = status < 300 && code.isEmpty()
                ? "{\"device_id\":\"d\"}"
                : "{\"error_code\":\"" + code + "\",\"error_msg\":\"" + words + "\"}";
        return new HttpReply(status, body.getBytes(StandardCharsets.UTF_8), Optional.empty(), false);
    }

    private static Answer<String> answer(Call call, HttpReply reply) {
        return new Classifier(call, new Redaction(List.of("hunter22"))).answer(reply, NOW, ClassifierTest::device);
    }

    private static Optional<String> device(JsonNode document) {
        return document.path("device_id").asStringOpt();
    }
}
