package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Signatures.Example;
import io.iotdarelay.appside.Unsigned.Parameter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SignerTest {

    private static final Signer DERIVED = new Signer(new Scheme.Derived(Signatures.REGION, Scheme.SERVICE));
    private static final Signer ORDINARY = new Signer(new Scheme.Ordinary());

    private static final String SCOPE = "20261127/cn-north-4/iotdm";

    /** The key that is derived for the scope, in digits, as Huawei's classes make it. */
    private static final String DERIVED_KEY = "6121f12ca301bd46ca10aa20a145d246bb2b80a48a3426961ee8bbb1ba108010";

    static Stream<Example> examples() {
        return Signatures.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void signsAsHuaweisClassesDo(Example example) {
        assertThat(Signer.canonical(example.request(), Signatures.AT)).isEqualTo(example.canonical());
        assertThat(authorization(DERIVED, example.request())).isEqualTo(example.derived());
        assertThat(authorization(ORDINARY, example.request())).isEqualTo(example.ordinary());
        Signer byHost = Scheme.isOrdinaryFor(example.request().host()) ? ORDINARY : DERIVED;
        assertThat(authorization(byHost, example.inProject())).isEqualTo(example.withProject());
    }

    /** Of Huawei's own unit tests. */
    @ParameterizedTest
    @CsvSource({
        "GET,  service.region.example.com, /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs,    true,  ordinary, fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d",
        "POST, service.region.example.com, /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123, false, ordinary, b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771",
        "GET,  example.com,                ,                                             false, ordinary, 919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6",
        "GET,  service.region.example.com, /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs,    false, derived,  c63981314b17efeca4c2577e3e22ecfd3831e0c87eb87277271e32587207dd2c",
        "POST, service.region.example.com, /v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpc/123, false, derived,  e69d85082ec803f89f2e93b500106ae69cd5667c866d6aa6f3e44fc66558d8fb"
    })
    void signsThePublishedExamples(
            String method, String host, @Nullable String path, boolean paged, String kind, String signature) {
        List<Parameter> query = paged
                ? List.of(new Parameter("limit", "2"), new Parameter("marker", "13551d6b-755d-4757-b956-536f674975c0"))
                : List.of();
        String where = path == null ? "" : path;
        Unsigned request = method.equals("GET")
                ? Unsigned.get(host, where, query, Map.of())
                : Unsigned.post(host, where, query, Map.of(), "{\"key\":\"value\"}".getBytes(StandardCharsets.UTF_8));
        Signer signer = kind.equals("ordinary") ? ORDINARY : new Signer(new Scheme.Derived("region-id-1", "service"));

        Signer.Signed signed =
                signer.sign(request, new AccessKey("AccessKey", "SecretKey"), Instant.parse("2019-11-15T03:36:55Z"));

        assertThat(signed.signature()).isEqualTo(signature);
        assertThat(signed.date()).isEqualTo("20191115T033655Z");
    }

    @Test
    void theKeyIsTextInDigitsNotTheirBytes() throws GeneralSecurityException {
        String canonical = Signatures.first().canonical();

        assertThat(sign(utf8(DERIVED_KEY), canonical)).isEqualTo(ours());
        assertThat(sign(HexFormat.of().parseHex(DERIVED_KEY), canonical))
                .isEqualTo(Signatures.mistake("rawBytesAsKey"))
                .isNotEqualTo(ours());
    }

    @Test
    void thePathIsSignedWithASlashAtItsEndButSentWithout() throws GeneralSecurityException {
        Example example = Signatures.first();

        assertThat(sign(utf8(DERIVED_KEY), example.canonical().replace("/devices/\n", "/devices\n")))
                .isEqualTo(Signatures.mistake("noTrailingSlash"))
                .isNotEqualTo(ours());
        assertThat(example.request().target()).endsWith("/devices");
    }

    @Test
    void theServiceIsNotCalledIotda() {
        Signer wrong = new Signer(new Scheme.Derived(Signatures.REGION, "iotda"));

        assertThat(wrong.sign(Signatures.first().request(), Signatures.KEY, Signatures.AT)
                        .signature())
                .isEqualTo(Signatures.mistake("serviceIotda"))
                .isNotEqualTo(ours());
    }

    @Test
    void aKeyIsDerivedForEachDayInUtc() {
        Unsigned request = Signatures.first().request();

        assertThat(DERIVED.sign(request, Signatures.KEY, Instant.parse("2026-11-27T23:59:59.999Z"))
                        .authorization())
                .contains("/20261127/cn-north-4/iotdm, ");
        assertThat(DERIVED.sign(request, Signatures.KEY, Instant.parse("2026-11-28T00:00:00Z"))
                        .authorization())
                .contains("/20261128/cn-north-4/iotdm, ");
    }

    @Test
    void aPathThatEndsWithASlashIsSignedAsItIs() {
        Unsigned with = Unsigned.get("h", "/v5/", List.of(), Map.of());
        Unsigned without = Unsigned.get("h", "/v5", List.of(), Map.of());

        assertThat(authorization(ORDINARY, with)).isEqualTo(authorization(ORDINARY, without));
    }

    @Test
    void printsNothingThatIsSecret() {
        Unsigned request = Signatures.first().request();
        Signer.Signed signed = DERIVED.sign(request, Signatures.KEY, Signatures.AT);

        assertThat(signed).hasToString("Signed[date=20261127T120000Z, authorization=(secret)]");
        assertThat(Signatures.KEY).hasToString("(access key)");
        assertThat(request).hasToString("POST /v5/iot/0a1b2c3d4e5f60718293a4b5c6d7e8f9/devices");
    }

    private static String ours() {
        return DERIVED.sign(Signatures.first().request(), Signatures.KEY, Signatures.AT)
                .signature();
    }

    private static String authorization(Signer signer, Unsigned request) {
        return signer.sign(request, Signatures.KEY, Signatures.AT).authorization();
    }

    /** The derived kind, independently of the signer. */
    private static String sign(byte[] key, String canonical) throws GeneralSecurityException {
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(utf8(canonical)));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return HexFormat.of()
                .formatHex(mac.doFinal(utf8(String.join("\n", "V11-HMAC-SHA256", "20261127T120000Z", SCOPE, hash))));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
