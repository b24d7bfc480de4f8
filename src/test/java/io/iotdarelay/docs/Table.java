package io.iotdarelay.docs;

import java.util.Collections;
import java.util.List;

/** A table in Markdown. */
final class Table {

    private final StringBuilder text = new StringBuilder();

    Table(String... columns) {
        row(columns);
        row(Collections.nCopies(columns.length, "---").toArray(String[]::new));
    }

    Table row(String... cells) {
        text.append("| ")
                .append(String.join(
                        " | ", List.of(cells).stream().map(Table::cell).toList()))
                .append(" |\n");
        return this;
    }

    private static String cell(String content) {
        return content.replace("|", "\\|");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
