package io.iotdarelay.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies signatures of the application side, over what has arrived. Which of the two kinds must be used is told by the host,
 * as Huawei's SDK does it.
 */
final class Signatures {

    /** How a request can be signed. */
    enum Kind {
        ORDINARY("SDK-HMAC-SHA256", "Access=(?<key>[^,/ ]+)"),
        DERIVED("V11-HMAC-SHA256", "Credential=(?<key>[^,/ ]+)/(?<info>[^, ]+)");

        private final String algorithm;
        private final Pattern header;

        Kind(String algorithm, String credential) {
            this.algorithm = algorithm;
            this.header = Pattern.compile(Pattern.quote(algorithm) + " " + credential
                    + ", ?SignedHeaders=(?<headers>[^, ]+), ?Signature=(?<signature>[0-9a-f]{64})");
        }

        /** The ordinary one is for {@code service} or {@code service.region} directly under the cloud's domain. */
        static Kind of(String host) {
            return SHARED_HOST.matcher(host.toLowerCase(Locale.ROOT)).matches() ? ORDINARY : DERIVED;
        }
    }

    /**
     * A request as it arrived.
     *
     * @param uri path and query, still encoded
     * @param headers by their names in lower case
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares requests
    record SignedRequest(String method, String uri, Map<String, String> headers, byte[] body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        String path() {
            int query = uri.indexOf('?');
            return query < 0 ? uri : uri.substring(0, query);
        }

        String query() {
            int query = uri.indexOf('?');
            return query < 0 ? "" : uri.substring(query + 1);
        }
    }

    /** The service that a derived signature names; it is not {@code iotda}. */
    static final String SERVICE = "iotdm";

    static final Duration TOLERANCE = Duration.ofMinutes(15);

    /** In the place of a body's hash: for files, which no call here takes. */
    private static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private static final String HMAC = "HmacSHA256";
    private static final Pattern SHARED_HOST =
            Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)?\\.myhuaweicloud\\.(com|cn|eu)(:\\d+)?");
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");

    private final ApplicationAccess access;
    private final String service;

    Signatures(ApplicationAccess access, String service) {
        this.access = access;
        this.service = service;
    }

    /** Why a request is not what the owner of the key signed for this host, now; empty if it is. Names no secret. */
    Optional<String> refusal(SignedRequest request, Instant now) {
        return refusal(request, Kind.of(request.header("host")), now);
    }

    Optional<String> refusal(SignedRequest request, Kind kind, Instant now) {
        String authorization = request.header("authorization");
        if (!authorization.startsWith(kind.algorithm + " ")) {
            return Optional.of(authorization.isEmpty() ? "not signed" : "this host takes " + kind.algorithm);
        }
        Matcher parts = kind.header.matcher(authorization);
        if (!parts.matches()) {
            return Optional.of("the header Authorization is malformed");
        }
        String date = request.header("x-sdk-date");
        return Stream.of(
                        check(
                                !request.header("x-sdk-content-sha256").equals(UNSIGNED),
                                "the body is not signed: " + UNSIGNED + " is for files"),
                        check(parts.group("key").equals(access.accessKey()), "unknown access key"),
                        checkDate(date, now),
                        kind == Kind.DERIVED ? checkInfo(parts.group("info"), date) : Optional.<String>empty(),
                        checkHeaders(List.of(parts.group("headers").split(";", -1)), request),
                        check(
                                isEqual(sign(request, kind, parts.group("headers")), parts.group("signature")),
                                "the signature is of something else, or by another key"))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> checkInfo(String info, String date) {
        return check(info.equals(info(date)), "the credential names " + info + " instead of " + info(date));
    }

    private static Optional<String> checkHeaders(List<String> names, SignedRequest request) {
        return check(
                names.containsAll(List.of("host", "x-sdk-date"))
                        && names.stream().allMatch(request.headers()::containsKey),
                "signed headers are missing");
    }

    private static Optional<String> checkDate(String date, Instant now) {
        try {
            Instant signed = LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC);
            Duration off = Duration.between(signed, now).abs();
            return check(off.compareTo(TOLERANCE) <= 0, "X-Sdk-Date is " + off.toSeconds() + " s off");
        } catch (DateTimeException e) {
            return Optional.of("X-Sdk-Date is malformed");
        }
    }

    private static Optional<String> check(boolean condition, String otherwise) {
        return condition ? Optional.empty() : Optional.of(otherwise);
    }

    /** The header {@code Authorization} that a request must have. */
    String authorization(SignedRequest request, Kind kind, String signedHeaders) {
        String credential = kind == Kind.ORDINARY
                ? "Access=" + access.accessKey()
                : "Credential=" + access.accessKey() + "/" + info(request.header("x-sdk-date"));
        return kind.algorithm + " " + credential + ", SignedHeaders=" + signedHeaders + ", Signature="
                + sign(request, kind, signedHeaders);
    }

    private String sign(SignedRequest request, Kind kind, String signedHeaders) {
        String date = request.header("x-sdk-date");
        String digest = hex(sha256(bytes(canonical(request, signedHeaders))));
        return switch (kind) {
            case ORDINARY -> hex(hmac(bytes(access.secretKey()), kind.algorithm + "\n" + date + "\n" + digest));
            case DERIVED ->
                hex(hmac(bytes(derivedKey(date)), kind.algorithm + "\n" + date + "\n" + info(date) + "\n" + digest));
        };
    }

    static String canonical(SignedRequest request, String signedHeaders) {
        String path = Arrays.stream(request.path().split("/", -1))
                .map(Percent::decode)
                .map(Percent::encode)
                .collect(Collectors.joining("/"));
        String headers = Arrays.stream(signedHeaders.split(";", -1))
                .sorted()
                .map(name -> name + ":" + request.header(name).strip() + "\n")
                .collect(Collectors.joining());
        return String.join(
                "\n",
                request.method(),
                path.endsWith("/") ? path : path + "/",
                canonicalQuery(request.query()),
                headers,
                Arrays.stream(signedHeaders.split(";", -1)).sorted().collect(Collectors.joining(";")),
                hex(sha256(request.body())));
    }

    private static String canonicalQuery(String query) {
        return Arrays.stream(query.split("&", -1))
                .filter(parameter -> !parameter.isEmpty())
                .map(parameter -> parameter.split("=", 2))
                .map(pair -> List.of(encoded(pair[0]), pair.length == 1 ? "" : encoded(pair[1])))
                .sorted(Comparator.<List<String>, String>comparing(List::getFirst)
                        .thenComparing(List::getLast))
                .map(pair -> String.join("=", pair))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return Percent.encode(Percent.decode(text));
    }

    private String info(String date) {
        return (date.length() < 8 ? date : date.substring(0, 8)) + "/" + access.region() + "/" + service;
    }

    /** HKDF (RFC 5869) of one block. The key is the text of its hexadecimal digits. */
    private String derivedKey(String date) {
        byte[] pseudorandom = hmac(bytes(access.accessKey()), access.secretKey());
        return hex(hmac(pseudorandom, info(date) + '\u0001'));
    }

    private static boolean isEqual(String one, String other) {
        return MessageDigest.isEqual(bytes(one), bytes(other));
    }

    private static byte[] hmac(byte[] key, String message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(bytes(message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
