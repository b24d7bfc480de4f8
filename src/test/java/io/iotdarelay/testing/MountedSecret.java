package io.iotdarelay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * A directory of files that are replaced as the kubelet replaces those of a mounted Secret: each file is a link into
 * {@code ..data}, which is a link to a directory, and is swapped at one stroke.
 */
public final class MountedSecret {

    private final Path directory;
    private int generation;
    private @Nullable Path former;

    public MountedSecret(Path directory) {
        try {
            this.directory = Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces all files. */
    public MountedSecret write(Map<String, String> files) {
        try {
            Path next = Files.createDirectory(directory.resolve("..generation_" + generation++));
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(next.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
            }
            Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), next.getFileName());
            Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            for (String name : files.keySet()) {
                if (!Files.isSymbolicLink(directory.resolve(name))) {
                    Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
                }
            }
            FileSystemUtils.deleteRecursively(former);
            former = next;
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where one of them is, as users write it. */
    public String location(String name) {
        return "file:" + path(name);
    }

    public Path path(String name) {
        return directory.resolve(name);
    }
}
