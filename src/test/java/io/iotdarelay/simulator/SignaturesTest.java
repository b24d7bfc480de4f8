package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.simulator.Signatures.Kind;
import io.iotdarelay.simulator.Signatures.SignedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against what Huawei's own classes sign: five published signatures, and 21 that were made with fake keys. */
class SignaturesTest {

    private static final JsonNode VECTORS = vectors();
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final ApplicationAccess FAKE = new ApplicationAccess(
            VECTORS.at("/key/id").asString(),
            VECTORS.at("/key/secret").asString(),
            VECTORS.path("region").asString(),
            "",
            "");

    private final Signatures signatures = new Signatures(FAKE, Signatures.SERVICE);

    static Stream<Arguments> made() {
        return VECTORS.path("requests")
                .valueStream()
                .flatMap(vector ->
                        Stream.of("derived", "ordinary", "withProject").map(kind -> Arguments.of(vector, kind)));
    }

    @ParameterizedTest
    @MethodSource("made")
    void acceptsTheMadeOnes(JsonNode vector, String which) {
        String authorization = vector.path(which).asString();
        Kind kind = authorization.startsWith("V11") ? Kind.DERIVED : Kind.ORDINARY;
        SignedRequest request = request(vector, authorization);

        assertThat(signatures.refusal(request, kind, NOW)).isEmpty();
    }

    /** That is for files: a call whose body anybody on the way may change is none. */
    @Test
    void refusesBodiesThatAreNotSigned() {
        SignedRequest unsigned = new SignedRequest(
                "POST",
                "/v5/iot/p/devices",
                Map.of("host", "h", "x-sdk-date", "20261127T120000Z", "x-sdk-content-sha256", "UNSIGNED-PAYLOAD"),
                new byte[] {'{', '}'});
        Map<String, String> headers = new HashMap<>(unsigned.headers());
        headers.put("authorization", signatures.authorization(unsigned, Kind.DERIVED, "host;x-sdk-date"));
        SignedRequest request = new SignedRequest(unsigned.method(), unsigned.uri(), headers, unsigned.body());

        assertThat(signatures.refusal(request, Kind.DERIVED, NOW))
                .hasValueSatisfying(reason -> assertThat(reason).contains("UNSIGNED-PAYLOAD"));
    }

    @Test
    void thereAreTwentyOne() {
        assertThat(made()).hasSize(21);
    }

    @ParameterizedTest
    @MethodSource("made")
    void canonicalRequestsAreThose(JsonNode vector, String which) {
        if (!which.equals("withProject")) {
            SignedRequest request = request(vector, vector.path(which).asString());
            String headers = vector.path("canonical")
                    .asString()
                    .lines()
                    .toList()
                    .reversed()
                    .get(1);

            assertThat(Signatures.canonical(request, headers))
                    .isEqualTo(vector.path("canonical").asString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0, service.region.example.com, ORDINARY, fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d",
        "POST, /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123, service.region.example.com, ORDINARY, b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771",
        "GET,  '', example.com, ORDINARY, 919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6",
        "GET,  /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs, service.region.example.com, DERIVED, c63981314b17efeca4c2577e3e22ecfd3831e0c87eb87277271e32587207dd2c",
        "POST, /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123, service.region.example.com, DERIVED, e69d85082ec803f89f2e93b500106ae69cd5667c866d6aa6f3e44fc66558d8fb",
    })
    void signsThePublishedOnes(String method, String uri, String host, Kind kind, String signature) {
        Signatures published =
                new Signatures(new ApplicationAccess("AccessKey", "SecretKey", "region-id-1", "", ""), "service");
        SignedRequest request = new SignedRequest(
                method,
                uri,
                Map.of("host", host, "x-sdk-date", "20191115T033655Z"),
                (method.equals("POST") ? "{\"key\":\"value\"}" : "").getBytes(StandardCharsets.UTF_8));

        assertThat(published.authorization(request, kind, "host;x-sdk-date")).endsWith("Signature=" + signature);
    }

    @ParameterizedTest
    @CsvSource({"rawBytesAsKey", "noTrailingSlash", "serviceIotda"})
    void refusesTheTraps(String trap) {
        JsonNode create = VECTORS.path("requests").path(0);
        String authorization = create.path("derived")
                .asString()
                .replaceAll(
                        "Signature=.*",
                        "Signature=" + VECTORS.path("mistakes").path(trap).asString());

        assertThat(signatures.refusal(request(create, authorization), Kind.DERIVED, NOW))
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("the signature is of something else"));
    }

    /** The credential itself may say it, too. */
    @Test
    void refusesAnotherServiceAnotherRegionAndAnotherDay() {
        assertThat(refusalOfA("cn-north-4/iotdm", "cn-north-4/iotda")).contains("cn-north-4/iotda instead of");
        assertThat(refusalOfA("cn-north-4/iotdm", "cn-east-3/iotdm")).contains("cn-east-3/iotdm instead of");
        assertThat(refusalOfA("20261127/", "20261126/")).contains("20261126/");
    }

    @Test
    void refusesAnotherKeyAndWhatIsMalformed() {
        assertThat(refusalOfA("RELAYAKEXAMPLE000001", "SOMEBODYELSE")).isEqualTo("unknown access key");
        assertThat(refusalOfA("Signature=", "Sig=")).isEqualTo("the header Authorization is malformed");
        assertThat(refusalOfA("host;x-sdk-date", "x-sdk-date")).isEqualTo("signed headers are missing");
        assertThat(refusalOfA("host;x-sdk-date", "host;missing;x-sdk-date")).isEqualTo("signed headers are missing");
        assertThat(refusalOfA("V11-HMAC-SHA256", "SDK-HMAC-SHA256")).isEqualTo("this host takes V11-HMAC-SHA256");
    }

    @Test
    void refusesOtherBytesThanWereSigned() {
        JsonNode create = VECTORS.path("requests").path(0);
        SignedRequest signed = request(create, create.path("derived").asString());
        SignedRequest changed = new SignedRequest(
                signed.method(), signed.uri(), signed.headers(), "{}".getBytes(StandardCharsets.UTF_8));

        assertThat(signatures.refusal(changed, Kind.DERIVED, NOW)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"900, true", "-900, true", "901, false", "-901, false"})
    void takesFifteenMinutes(long seconds, boolean accepted) {
        JsonNode create = VECTORS.path("requests").path(0);
        SignedRequest request = request(create, create.path("derived").asString());

        assertThat(signatures
                        .refusal(request, Kind.DERIVED, NOW.plus(Duration.ofSeconds(seconds)))
                        .isEmpty())
                .isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({
        "iotda.cn-north-4.myhuaweicloud.com, ORDINARY",
        "iotda.myhuaweicloud.com:443, ORDINARY",
        "abc123def4.st1.iotda-app.cn-north-4.myhuaweicloud.com, DERIVED",
        "localhost:8443, DERIVED",
        "iotda.cn-north-4.myhuaweicloud.com.example, DERIVED",
    })
    void theHostTellsTheKind(String host, Kind kind) {
        assertThat(Kind.of(host)).isEqualTo(kind);
    }

    /** A form's plus sign is no space. */
    @Test
    void parametersAreSortedByNameAndEncodedAnew() {
        SignedRequest request = new SignedRequest("GET", "/a%20b/c?b=1&a-b=2&a=3+4&a=%2a", Map.of(), new byte[0]);

        assertThat(Signatures.canonical(request, "host")).startsWith("GET\n/a%20b/c/\na=%2A&a=3%2B4&a-b=2&b=1\n");
    }

    private String refusalOfA(String part, String instead) {
        JsonNode create = VECTORS.path("requests").path(0);
        String authorization = create.path("derived").asString().replace(part, instead);
        return signatures
                .refusal(request(create, authorization), Kind.DERIVED, NOW)
                .orElse("");
    }

    private static SignedRequest request(JsonNode vector, String authorization) {
        Map<String, String> headers = new HashMap<>();
        headers.put("host", vector.path("host").asString());
        headers.put("x-sdk-date", VECTORS.path("at").asString().replaceAll("[-:]", ""));
        headers.put("authorization", authorization);
        headers.put("x-project-id", vector.path("path").asString().split("/", -1)[3]);
        headers.put("content-type", "application/json");
        vector.path("headers")
                .forEachEntry((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value.asString()));
        String query = vector.path("query")
                .valueStream()
                .map(pair -> pair.path("name").asString() + "="
                        + Percent.encode(pair.path("value").asString()))
                .collect(Collectors.joining("&"));
        return new SignedRequest(
                vector.path("method").asString(),
                vector.path("path").asString() + (query.isEmpty() ? "" : "?" + query),
                headers,
                vector.path("body").asString().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode vectors() {
        try (InputStream in =
                Objects.requireNonNull(SignaturesTest.class.getResourceAsStream("/application-signatures.json"))) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
