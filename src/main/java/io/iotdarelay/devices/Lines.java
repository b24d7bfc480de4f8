package io.iotdarelay.devices;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of a file, and counts them from 1 on. A line that is too long is passed over without being kept, be it as long as
 * the whole file.
 */
final class Lines {

    /** In characters. A line of the directory has a few hundred. */
    static final int MAX_LENGTH = 65_536;

    private static final int END = -1;

    private final Reader reader;
    private final StringBuilder line = new StringBuilder();
    private int number;
    private boolean tooLong;
    private boolean afterCarriageReturn;

    /** The reader should be buffered. */
    Lines(Reader reader) {
        this.reader = reader;
    }

    /** The next line; nothing at the end. Of one that is too long, the beginning. */
    @Nullable
    String next() throws IOException {
        line.setLength(0);
        tooLong = false;
        int c = reader.read();
        if (c == '\n' && afterCarriageReturn) {
            c = reader.read();
        }
        if (c == END) {
            return null;
        }
        while (c != END && c != '\n' && c != '\r') {
            if (line.length() < MAX_LENGTH) {
                line.append((char) c);
            } else {
                tooLong = true;
            }
            c = reader.read();
        }
        afterCarriageReturn = c == '\r';
        number++;
        return line.toString();
    }

    /** Whether the last line was longer than what was returned of it. */
    boolean isTooLong() {
        return tooLong;
    }

    /** Where the last line stands, for a human. */
    String place() {
        return "line " + number;
    }
}
