package io.iotdarelay.client;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows under headings, as wide as the screen at most. Long texts are cut, names of devices and records never: if they do not fit, each row
 * takes several lines.
 */
final class Table {

    private static final String GAP = "  ";
    private static final int LEAST = 8;

    private final List<String> headings;
    private final int whole;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * An empty table.
     *
     * @param whole how many of the first columns are never cut
     */
    Table(int whole, String... headings) {
        this.headings = List.of(headings);
        this.whole = whole;
    }

    void row(String... texts) {
        rows.add(java.util.Arrays.stream(texts).map(SafeText::line).toList());
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(Screen screen) {
        if (rows.isEmpty()) {
            return;
        }
        int[] widths = IntStream.range(0, headings.size()).map(this::natural).toArray();
        int surplus = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - screen.width();
        while (surplus > 0) {
            int widest = widest(widths);
            if (widest < 0) {
                records(screen);
                return;
            }
            widths[widest]--;
            surplus--;
        }
        screen.raw(screen.paint(line(headings, widths, screen, false), Tone.FAINT));
        rows.forEach(row -> screen.raw(line(row, widths, screen, true)));
    }

    private int natural(int column) {
        return Math.max(
                SafeText.width(headings.get(column)),
                rows.stream()
                        .mapToInt(row -> SafeText.width(row.get(column)))
                        .max()
                        .orElse(0));
    }

    /** The widest column that can be cut further; negative if there is none. */
    private int widest(int[] widths) {
        int widest = -1;
        for (int i = whole; i < widths.length; i++) {
            if (widths[i] > Math.max(LEAST, SafeText.width(headings.get(i)))
                    && (widest < 0 || widths[i] > widths[widest])) {
                widest = i;
            }
        }
        return widest;
    }

    private static String line(List<String> texts, int[] widths, Screen screen, boolean toned) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String text = SafeText.cut(texts.get(i), widths[i]);
            line.append(i == 0 ? "" : GAP).append(toned ? screen.paint(text, Tone.of(texts.get(i))) : text);
            if (i < widths.length - 1) {
                line.append(" ".repeat(widths[i] - SafeText.width(text)));
            }
        }
        return line.toString();
    }

    private void records(Screen screen) {
        int label = headings.stream().mapToInt(SafeText::width).max().orElse(0) + 1;
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String heading = headings.get(i);
                screen.text(heading + " ".repeat(label - heading.length()), row.get(i), Tone.of(row.get(i)));
            }
            screen.blank();
        }
    }
}
