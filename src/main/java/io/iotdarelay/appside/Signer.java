package io.iotdarelay.appside;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Signs requests as Huawei Cloud's API gateways expect it ({@code docs/platform.md}). Pure: the time is given. */
record Signer(Scheme scheme) {

    static final String DATE = "x-sdk-date";

    private static final int KEY_BYTES = 32;
    private static final String LINE = "\n";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuuMMdd").withZone(ZoneOffset.UTC);

    /**
     * What is sent with a request. It is never printed.
     *
     * @param date the header {@code x-sdk-date}
     * @param authorization the header {@code authorization}
     * @param signature the part of it that nobody else can make
     */
    record Signed(String date, String authorization, String signature) {

        @Override
        public String toString() {
            return "Signed[date=" + date + ", authorization=(secret)]";
        }
    }

    Signed sign(Unsigned request, AccessKey key, Instant at) {
        String date = TIME.format(at);
        SortedMap<String, String> headers = headers(request, date);
        String names = String.join(";", headers.keySet());
        String hash = Digests.sha256(canonical(request, headers, names).getBytes(StandardCharsets.UTF_8));
        return switch (scheme) {
            case Scheme.Ordinary ignored -> {
                String toSign = String.join(LINE, "SDK-HMAC-SHA256", date, hash);
                String signature = Digests.hmacSha256(key.secret(), toSign);
                yield signed("SDK-HMAC-SHA256 Access=" + key.id(), date, names, signature);
            }
            case Scheme.Derived derived -> {
                String scope = String.join("/", DAY.format(at), derived.region(), derived.service());
                String toSign = String.join(LINE, "V11-HMAC-SHA256", date, scope, hash);
                String signature = Digests.hmacSha256(derivedKey(key, scope), toSign);
                yield signed("V11-HMAC-SHA256 Credential=" + key.id() + "/" + scope, date, names, signature);
            }
        };
    }

    private static Signed signed(String who, String date, String names, String signature) {
        return new Signed(date, who + ", SignedHeaders=" + names + ", Signature=" + signature, signature);
    }

    /** The text whose hash is signed. */
    static String canonical(Unsigned request, Instant at) {
        SortedMap<String, String> headers = headers(request, TIME.format(at));
        return canonical(request, headers, String.join(";", headers.keySet()));
    }

    /** The path ends with a slash here, whether or not it does so in the request. */
    private static String canonical(Unsigned request, SortedMap<String, String> headers, String names) {
        String path = request.encodedPath();
        return String.join(
                LINE,
                request.method(),
                path.endsWith("/") ? path : path + "/",
                request.encodedQuery(),
                headers.entrySet().stream()
                        .map(header -> header.getKey() + ":" + header.getValue() + LINE)
                        .collect(Collectors.joining()),
                names,
                Digests.sha256(request.body()));
    }

    private static SortedMap<String, String> headers(Unsigned request, String date) {
        SortedMap<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        headers.put("host", request.host());
        headers.put(DATE, date);
        return headers;
    }

    /** The key is the derived one in hexadecimal digits: their characters, not the bytes that they stand for. */
    private static String derivedKey(AccessKey key, String scope) {
        return Digests.hkdfSha256(key.id(), key.secret(), scope, KEY_BYTES);
    }
}
