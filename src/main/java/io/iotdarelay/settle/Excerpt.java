package io.iotdarelay.settle;

/** Bounds what a text takes in a header. */
final class Excerpt {

    private static final String REST = "...";

    private Excerpt() {}

    /**
     * The beginning of a text, or all of it.
     *
     * @param bytes the most that it may take as UTF-8; at least four
     */
    static String of(String text, int bytes) {
        int taken = 0;
        int end = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            taken += utf8(character);
            if (taken > bytes) {
                return text.substring(0, end) + REST;
            }
            i += Character.charCount(character);
            if (taken <= bytes - REST.length()) {
                end = i;
            }
        }
        return text;
    }

    private static int utf8(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
    }
}
