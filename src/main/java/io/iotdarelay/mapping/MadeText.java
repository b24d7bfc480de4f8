package io.iotdarelay.mapping;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Text that rules make of texts. No report holds more; without a bound, a few rules could make a large record much larger. */
final class MadeText {

    /** In characters. */
    static final int LONGEST = 1_000_000;

    private MadeText() {}

    static Result<JsonNode> of(CharSequence text) {
        return text.length() > LONGEST ? tooLong() : Result.found(JsonNodeFactory.instance.stringNode(text.toString()));
    }

    static boolean isTooLong(CharSequence text) {
        return text.length() > LONGEST;
    }

    /** A text with another in place of each occurrence of a third, which is not empty. */
    static Result<JsonNode> replacing(String text, String what, String with) {
        int found = text.indexOf(what);
        if (found < 0) {
            return of(text);
        }
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        while (found >= 0) {
            replaced.append(text, from, found).append(with);
            if (isTooLong(replaced)) {
                return tooLong();
            }
            from = found + what.length();
            found = text.indexOf(what, from);
        }
        return of(replaced.append(text, from, text.length()));
    }

    private static Result<JsonNode> tooLong() {
        return Result.failed("the text becomes longer than " + LONGEST + " characters");
    }
}
