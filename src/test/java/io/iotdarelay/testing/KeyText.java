package io.iotdarelay.testing;

import tools.jackson.databind.JsonNode;

/** What the code's comment says about a configuration key, as plain text with Markdown's marks for code. */
public final class KeyText {

    private KeyText() {}

    /**
     * The description of a key.
     *
     * @param property an entry of Spring's configuration metadata
     */
    public static String of(JsonNode property) {
        String text = property.path("description")
                .asString("")
                .replaceAll("\\{@code ((?:[^{}]|\\{[^}]*})*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .strip();
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
