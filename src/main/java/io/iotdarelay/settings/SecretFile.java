package io.iotdarelay.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A mounted file that holds one secret, in its first line. It may be replaced at any time, so it is read whenever the secret is needed. */
public final class SecretFile {

    private SecretFile() {}

    /** A file is missing, empty, or may not be read. The message names it, and contains nothing of it. */
    public static final class UnreadableException extends IOException {

        private static final long serialVersionUID = 1;

        public UnreadableException(String why) {
            super(why);
        }
    }

    /** The file's first line. Blocks. */
    public static String line(Path file) throws UnreadableException {
        String line;
        try {
            line = Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UnreadableException(
                    file + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        if (line.isEmpty()) {
            throw new UnreadableException(file + " is empty");
        }
        return line;
    }
}
