package io.iotdarelay.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What distinguishes one state of a file from another, following links: mounted ConfigMaps change by swapping a symbolic link.
 *
 * @param modified empty where the file cannot be looked at
 */
record FileState(
        @Nullable FileTime modified, long size, @Nullable Object key) {

    private static final FileState MISSING = new FileState(null, -1, null);

    static FileState of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileState(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return MISSING;
        }
    }
}
