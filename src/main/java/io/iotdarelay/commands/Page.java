package io.iotdarelay.commands;

/** Lines of YAML. What comes from records, such as the names of members, adds none. */
final class Page {

    private final StringBuilder text = new StringBuilder();

    void line(int indent, String line) {
        text.append(" ".repeat(indent)).append(YamlText.oneLine(line)).append('\n');
    }

    String text() {
        return text.toString();
    }
}
