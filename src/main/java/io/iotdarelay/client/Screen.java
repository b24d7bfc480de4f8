package io.iotdarelay.client;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What people see. All text goes through {@link SafeText}; only what this class adds itself can control the terminal. */
final class Screen {

    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int NARROWEST = 20;

    private final PrintWriter out;
    private final int width;
    private final boolean colours;

    Screen(Terminal terminal) {
        this.out = terminal.out();
        this.width = terminal.isInteractive()
                ? Math.max(NARROWEST, terminal.columns().getAsInt())
                : UNLIMITED;
        this.colours = terminal.isInteractive()
                && terminal.variable("NO_COLOR") == null
                && !"dumb".equals(terminal.variable("TERM"));
    }

    /** How many columns there are. */
    int width() {
        return width;
    }

    /** A text that is safe already, in colour. */
    String paint(String safe, Tone tone) {
        return colours ? tone.paint(safe) : safe;
    }

    /** A text, wrapped. */
    void text(String text) {
        text("", text, Tone.PLAIN);
    }

    /** A text after a label, wrapped below itself; in a narrow terminal the label has a line of its own. */
    void text(String label, String text, Tone tone) {
        int taken = SafeText.width(label);
        boolean beside = taken <= width / 2;
        if (!beside && !label.isBlank()) {
            wrap(label.strip(), width).forEach(out::println);
        }
        String indent = " ".repeat(beside ? taken : 2);
        List<String> lines = wrap(SafeText.line(text), width - indent.length());
        for (int i = 0; i < lines.size(); i++) {
            out.println((i == 0 && beside ? label : indent) + paint(lines.get(i), tone));
        }
    }

    void blank() {
        out.println();
    }

    /** Lines of something that has lines of its own, such as the value of a record. */
    void block(String indent, String text) {
        text.lines().forEach(line -> out.println(indent + SafeText.line(line)));
    }

    /** A line that is safe and fits already. */
    void raw(String safe) {
        out.println(safe.stripTrailing());
    }

    private static List<String> wrap(String text, int columns) {
        int most = Math.max(columns, NARROWEST / 2);
        if (SafeText.width(text) <= most) {
            return List.of(text);
        }
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            String rest = word;
            if (!line.isEmpty() && SafeText.width(line.toString()) + 1 + SafeText.width(rest) > most) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (!line.isEmpty()) {
                line.append(' ');
            }
            while (SafeText.width(rest) > most) {
                int end = fitting(rest, most);
                lines.add(rest.substring(0, end));
                rest = rest.substring(end);
            }
            line.append(rest);
        }
        lines.add(line.toString());
        return lines;
    }

    private static int fitting(String text, int columns) {
        int end = 0;
        int taken = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            taken += SafeText.width(Character.toString(point));
            if (taken > columns) {
                break;
            }
            end += Character.charCount(point);
        }
        return Math.max(end, 1);
    }
}
