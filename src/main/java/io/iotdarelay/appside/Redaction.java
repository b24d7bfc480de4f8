package io.iotdarelay.appside;

import java.util.List;

/**
 * Takes words out of what the other side says: errors may repeat what was sent.
 *
 * @param words what nobody may see
 */
record Redaction(List<String> words) {

    private static final int MAX_LENGTH = 200;

    Redaction {
        words = words.stream().filter(word -> !word.isEmpty()).toList();
    }

    /** Short, and on one line. */
    String of(String text) {
        String shown = text;
        for (String word : words) {
            shown = shown.replace(word, "(hidden)");
        }
        String line = shown.replaceAll("\\p{Cntrl}", " ").strip();
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }

    @Override
    public String toString() {
        return "(redaction)";
    }
}
