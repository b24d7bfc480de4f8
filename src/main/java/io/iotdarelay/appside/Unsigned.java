package io.iotdarelay.appside;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A request before it is signed. What is signed and what is sent are both made from it, so they cannot differ.
 *
 * @param host as the header {@code host} says it
 * @param path begins with a slash; not encoded
 * @param query not encoded
 * @param headers the other headers to sign
 * @param body the very bytes that are sent; not changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Unsigned(
        String method,
        String host,
        String path,
        List<Parameter> query,
        SortedMap<String, String> headers,
        byte[] body) {

    static final byte[] NO_BODY = {};

    /** One parameter of the query. */
    record Parameter(String name, String value) {

        private Parameter encoded() {
            return new Parameter(Unsigned.encoded(name), Unsigned.encoded(value));
        }
    }

    Unsigned {
        query = List.copyOf(query);
        headers = new TreeMap<>(headers);
    }

    static Unsigned get(String host, String path, List<Parameter> query, Map<String, String> headers) {
        return new Unsigned("GET", host, path, query, new TreeMap<>(headers), NO_BODY);
    }

    static Unsigned post(String host, String path, List<Parameter> query, Map<String, String> headers, byte[] body) {
        return new Unsigned("POST", host, path, query, new TreeMap<>(headers), body);
    }

    /** What follows the host in the URL. */
    String target() {
        String parameters = encodedQuery();
        return encodedPath() + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    String encodedPath() {
        return Arrays.stream(path.split("/", -1)).map(Unsigned::encoded).collect(Collectors.joining("/"));
    }

    /** In the order of the encoded names, then of the encoded values. */
    String encodedQuery() {
        return query.stream()
                .map(Parameter::encoded)
                .sorted(Comparator.comparing(Parameter::name).thenComparing(Parameter::value))
                .map(parameter -> parameter.name() + '=' + parameter.value())
                .collect(Collectors.joining("&"));
    }

    /** All but letters, digits and {@code -_.~} in UTF-8. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** A body may contain a secret. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
