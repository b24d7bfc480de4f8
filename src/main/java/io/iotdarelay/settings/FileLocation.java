package io.iotdarelay.settings;

import java.nio.file.Path;

/** Where a file is, as a configuration says it: a path, or the same with {@code file:} in front. */
public final class FileLocation {

    private static final String SCHEME = "file:";

    private FileLocation() {}

    public static Path path(String location) {
        return Path.of(location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location);
    }
}
