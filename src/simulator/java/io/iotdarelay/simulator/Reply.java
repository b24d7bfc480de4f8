package io.iotdarelay.simulator;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param errorCode the platform's code, for the ledger
 * @param body empty for none
 */
public record Reply(
        int status, @Nullable String errorCode, String contentType, String body, Map<String, String> headers) {

    static final String JSON = "application/json";

    public Reply {
        headers = Map.copyOf(headers);
    }

    static Reply ok(String body) {
        return new Reply(200, null, JSON, body, Map.of());
    }

    /** The platform's own form of an error: exactly these two fields. */
    public static Reply error(int status, String code, String message) {
        return new Reply(
                status,
                code,
                JSON,
                Json.object().put("error_code", code).put("error_msg", message).toString(),
                Map.of());
    }

    /** The error response of a front end. */
    public static Reply html(int status) {
        return new Reply(
                status,
                null,
                "text/html",
                "<html><head><title>" + status + "</title></head><body><center><h1>" + status
                        + "</h1></center><hr><center>gateway</center></body></html>",
                Map.of());
    }

    /** A status with nothing else. */
    public static Reply empty(int status) {
        return new Reply(status, null, JSON, "", Map.of());
    }

    /** A copy with one header more. */
    public Reply with(String header, String value) {
        Map<String, String> more = new java.util.HashMap<>(headers);
        more.put(header, value);
        return new Reply(status, errorCode, contentType, body, more);
    }

    boolean isAccepted() {
        return status >= 200 && status < 300;
    }
}
