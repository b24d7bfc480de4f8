package io.iotdarelay.commands;

/** Lines of YAML. */
final class Page {

    private final StringBuilder text = new StringBuilder();

    void line(int indent, String line) {
        text.append(" ".repeat(indent)).append(line).append('\n');
    }

    String text() {
        return text.toString();
    }
}
