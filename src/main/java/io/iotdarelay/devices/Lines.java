package io.iotdarelay.devices;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of a file, and counts them from 1. A line that is too long is skipped without being stored, even if it is as
 * long as the whole file.
 */
final class Lines {

    /** In characters. A line of the directory has a few hundred. */
    static final int MAX_LENGTH = 65_536;

    private final Reader reader;
    private final char[] buffer = new char[8192];
    private final StringBuilder line = new StringBuilder();
    private int position;
    private int limit;
    private int number;
    private boolean tooLong;
    private boolean afterCarriageReturn;

    Lines(Reader reader) {
        this.reader = reader;
    }

    /** The next line; empty at the end. Only the beginning of one that is too long. */
    @Nullable
    String next() throws IOException {
        if (afterCarriageReturn && hasMore() && buffer[position] == '\n') {
            position++;
        }
        if (!hasMore()) {
            return null;
        }
        line.setLength(0);
        tooLong = false;
        number++;
        boolean ended = false;
        while (!ended && hasMore()) {
            int end = endOfLine();
            keep(end);
            ended = end < limit;
            afterCarriageReturn = ended && buffer[end] == '\r';
            position = ended ? end + 1 : end;
        }
        return line.toString();
    }

    /** Whether the last line was longer than what was returned of it. */
    boolean isTooLong() {
        return tooLong;
    }

    /** The position of the last line, in readable form. */
    String place() {
        return "line " + number;
    }

    private boolean hasMore() throws IOException {
        if (position >= limit) {
            position = 0;
            limit = reader.read(buffer);
        }
        return limit > 0;
    }

    /** Where the line ends in the buffer, or the buffer does. */
    private int endOfLine() {
        int end = position;
        while (end < limit && buffer[end] != '\n' && buffer[end] != '\r') {
            end++;
        }
        return end;
    }

    private void keep(int end) {
        int room = MAX_LENGTH - line.length();
        int length = end - position;
        tooLong |= length > room;
        line.append(buffer, position, Math.min(length, room));
    }
}
