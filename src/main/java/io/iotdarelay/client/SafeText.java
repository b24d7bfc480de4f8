package io.iotdarelay.client;

import java.util.stream.IntStream;

/** Text from elsewhere as it may be printed: it cannot move the cursor, change colours, or be read in another order than it stands. */
final class SafeText {

    private static final int REPLACEMENT = 0xFFFD;
    private static final int DELETE = 0x7F;

    /** Characters of East Asia and symbols that take two columns: first and last of each range. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private SafeText() {}

    /** One line: line breaks and tabs are spaces, everything else that is no visible character is replaced. */
    static String line(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point == '\n' || point == '\t' || point == '\r' ? ' ' : point)
                .map(point -> isHarmful(point) ? REPLACEMENT : point)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }

    /** JSON that means the same: what is harmful is written as an escape. White space between its tokens stays. */
    static String json(String json) {
        StringBuilder safe = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); ) {
            int point = json.codePointAt(i);
            i += Character.charCount(point);
            if (point >= DELETE && isHarmful(point)) {
                for (char unit : Character.toChars(point)) {
                    safe.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                safe.appendCodePoint(point);
            }
        }
        return safe.toString();
    }

    private static boolean isHarmful(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /** How many columns a text takes. */
    static int width(String text) {
        return text.codePoints().map(SafeText::width).sum();
    }

    /** As much of a text as fits, with an ellipsis if that is not all. */
    static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int taken = 0;
        for (int point : text.codePoints().toArray()) {
            taken += width(point);
            if (taken > columns - 1) {
                break;
            }
            kept.appendCodePoint(point);
        }
        return kept.append('…').toString();
    }

    private static int width(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return IntStream.range(0, WIDE.length).anyMatch(i -> point >= WIDE[i][0] && point <= WIDE[i][1]) ? 2 : 1;
    }
}
