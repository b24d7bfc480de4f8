package io.iotdarelay.simulator;

import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What the application side takes: lengths and characters. */
final class Inputs {

    static final Pattern DEVICE_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    static final Pattern PRODUCT_ID = Pattern.compile("[A-Za-z0-9_-]{1,36}");
    static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{8,32}");
    static final Pattern MARKER = Pattern.compile("[0-9a-f]{24}");

    private Inputs() {}

    static String text(JsonNode body, String field) {
        return body.path(field).asString("");
    }

    static boolean isAbsent(JsonNode body, String field) {
        return body.path(field).isMissingNode() || body.path(field).isNull();
    }

    static Optional<String> required(JsonNode body, String field, Pattern form) {
        return isAbsent(body, field) ? Optional.of(field + " is missing") : optional(body, field, form);
    }

    static Optional<String> optional(JsonNode body, String field, Pattern form) {
        boolean fits = isAbsent(body, field)
                || (body.path(field).isString()
                        && form.matcher(body.path(field).asString()).matches());
        return fits ? Optional.empty() : Optional.of(field + " is malformed");
    }

    static Optional<String> optional(JsonNode body, String field, int longest) {
        boolean fits = isAbsent(body, field)
                || (body.path(field).isString() && body.path(field).asString().length() <= longest);
        return fits ? Optional.empty() : Optional.of(field + " is no text of up to " + longest + " characters");
    }
}
