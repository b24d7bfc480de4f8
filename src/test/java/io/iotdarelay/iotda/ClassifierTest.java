package io.iotdarelay.iotda;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierTest {

    private final Classifier classifier = new Classifier(ManualClock.at("2026-11-01T00:00:00Z"));

    @ParameterizedTest
    @CsvSource({
        "200, IOTDA.000006, invalid",
        "200, IOTDA.021102, throttled",
        "200, IOTDA.000004, invalid-token",
        "200, IOTDA.999999, device-trouble",
        "200, , misconfigured",
        "302, IOTDA.014000, device-trouble",
        "404, IOTDA.014000, device-trouble",
        "405, IOTDA.014000, device-trouble",
        "415, IOTDA.014000, device-trouble",
        "404, NGINX.1, misconfigured",
        "400, IOTDA.000006, invalid",
        "400, IOTDA.000008, invalid",
        "400, IOTDA.021104, child-rejected",
        "401, IOTDA.000002, invalid-token",
        "401, , invalid-token",
        "403, IOTDA.000004, invalid-token",
        "403, IOTDA.021101, throttled",
        "403, IOTDA.021102, throttled",
        "403, IOTDA.021103, too-large",
        "403, IOTDA.021105, too-large",
        "403, IOTDA.999999, forbidden",
        "403, , forbidden",
        "404, , misconfigured",
        "405, , misconfigured",
        "415, , misconfigured",
        "301, , misconfigured",
        "302, , misconfigured",
        "304, , misconfigured",
        "408, , unavailable",
        "425, , unavailable",
        "413, , too-large",
        "414, , too-large",
        "431, , too-large",
        "418, , invalid",
        "429, , throttled",
        "500, , unavailable",
        "500, IOTDA.000006, unavailable",
        "502, , unavailable",
        "503, IOTDA.000004, unavailable",
        "504, , unavailable",
        "599, , unavailable"
    })
    void goesByTheCodeAndThenByTheStatus(int status, @Nullable String code, String verdict) {
        assertThat(classifier.report(answer(status, body(code))).code()).isEqualTo(verdict);
    }

    /** A success has no body, or an object. A maintenance page, a portal or a proxy also answers 200. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "200; ''; accepted",
                "204; ''; accepted",
                "200; '  '; accepted",
                "200; {}; accepted",
                "200; {\"result\":\"ok\"}; accepted",
                "200; <html>maintenance</html>; misconfigured",
                "200; OK; misconfigured",
                "200; []; misconfigured",
                "200; \"ok\"; misconfigured",
                "200; {; misconfigured",
                "200; {\"error_code\":\"IOTDA.014000\"}; device-trouble"
            })
    void takesOnlyThePlatformsSuccessForSuccess(int status, String body, String verdict) {
        assertThat(classifier.report(answer(status, body)).code()).isEqualTo(verdict);
    }

    @Test
    void givesATokenWithoutALifetimeACarefulOne() {
        for (String body : List.of("{\"access_token\":\"abc\"}", "{\"access_token\":\"abc\",\"expires_in\":null}")) {
            assertThat(classifier.authentication(answer(200, body)))
                    .isEqualTo(new Authentication.Granted(new AccessToken("abc"), Duration.ofMinutes(10)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, IOTDA.000006, invalid",
        "401, IOTDA.000002, device-refused",
        "401, , device-refused",
        "403, IOTDA.000004, device-refused",
        "403, IOTDA.021102, throttled",
        "404, , misconfigured",
        "503, , unavailable"
    })
    void takesARefusedAuthenticationForTheDevicesFault(int status, @Nullable String code, String verdict) {
        assertThat(classifier.authentication(answer(status, body(code))))
                .isInstanceOfSatisfying(
                        Authentication.Denied.class,
                        denied -> assertThat(denied.verdict().code()).isEqualTo(verdict));
    }

    @Test
    void readsAToken() {
        assertThat(classifier.authentication(answer(200, "{\"access_token\":\"abc\",\"expires_in\":86399}")))
                .isInstanceOfSatisfying(Authentication.Granted.class, granted -> {
                    assertThat(granted.token().value()).isEqualTo("abc");
                    assertThat(granted.expiresIn()).isEqualTo(Duration.ofSeconds(86399));
                });
    }

    @Test
    void boundsALifetimeThatNobodyCanMean() {
        assertThat(classifier.authentication(
                        answer(200, "{\"access_token\":\"abc\",\"expires_in\":9223372036854775807}")))
                .isInstanceOfSatisfying(
                        Authentication.Granted.class,
                        granted -> assertThat(granted.expiresIn()).isEqualTo(Duration.ofDays(3650)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''",
                "<html>ok</html>",
                "[]",
                "{\"expires_in\":1}",
                "{\"access_token\":\"\",\"expires_in\":1}",
                "{\"access_token\":\"a\\r\\nb\",\"expires_in\":1}",
                "{\"access_token\":\"abc\",\"expires_in\":0}",
                "{\"access_token\":\"abc\",\"expires_in\":-5}",
                "{\"access_token\":\"abc\",\"expires_in\":\"soon\"}"
            })
    void takesASuccessWithoutAUsableTokenForTheDevicesTrouble(String body) {
        assertThat(classifier.authentication(answer(200, body)))
                .isInstanceOfSatisfying(
                        Authentication.Denied.class,
                        denied -> assertThat(denied.verdict())
                                .isInstanceOfAny(Verdict.DeviceTrouble.class, Verdict.Misaddressed.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "7; 7",
                " 120 ; 120",
                "0; 0",
                "Sun, 01 Nov 2026 00:01:30 GMT; 90",
                "Sat, 31 Oct 2026 00:00:00 GMT; 0",
                "soon; ",
                "-5; ",
                "99999999999999; "
            })
    void readsRetryAfterInSecondsAndAsADate(String header, @Nullable Long seconds) {
        Optional<Duration> expected = Optional.ofNullable(seconds).map(Duration::ofSeconds);

        assertThat(classifier.report(new HttpAnswer(503, Optional.of(header), "")))
                .isInstanceOfSatisfying(
                        Verdict.Unavailable.class,
                        unavailable -> assertThat(unavailable.retryAfter()).isEqualTo(expected));
        assertThat(classifier.report(new HttpAnswer(429, Optional.of(header), "")))
                .isInstanceOfSatisfying(
                        Verdict.Throttled.class,
                        throttled -> assertThat(throttled.retryAfter()).isEqualTo(expected));
    }

    @Test
    void distinguishesTheTenantsLimitFromADevices() {
        assertThat(((Verdict.Throttled) classifier.report(answer(403, body("IOTDA.021102")))).wholeTenant())
                .isTrue();
        assertThat(((Verdict.Throttled) classifier.report(answer(403, body("IOTDA.021101")))).wholeTenant())
                .isFalse();
        assertThat(((Verdict.Throttled) classifier.report(answer(429, ""))).wholeTenant())
                .isFalse();
    }

    @Test
    void keepsAnExcerptOfTheResponse() {
        Verdict verdict = classifier.report(answer(400, "x".repeat(5000)));

        assertThat(verdict.answer()).hasValueSatisfying(answer -> {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.errorCode()).isNull();
            assertThat(answer.excerpt()).hasSize(1024);
        });
    }

    private static HttpAnswer answer(int status, String body) {
        return new HttpAnswer(status, Optional.empty(), body);
    }

    private static String body(@Nullable String code) {
        return code == null ? "<html>whatever</html>" : "{\"error_code\":\"" + code + "\",\"error_msg\":\"why\"}";
    }
}
