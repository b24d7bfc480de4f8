package io.iotdarelay.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What distinguishes one state of a file from another, following links: a mounted Secret or ConfigMap changes by swapping a
 * symbolic link, which file system events do not show reliably.
 *
 * @param modified empty where the file cannot be read
 */
public record FileState(
        @Nullable FileTime modified, long size, @Nullable Object key) {

    private static final FileState MISSING = new FileState(null, -1, null);

    /** The state of a file that is there. */
    public static FileState of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileState(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    /** The state of a file, or that of a missing one. */
    public static FileState orMissing(Path file) {
        try {
            return of(file);
        } catch (IOException e) {
            return MISSING;
        }
    }
}
