package io.iotdarelay.commands;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/**
 * A file of lines that only its owner may read, and that only grows. One process has it at a time. A line that was cut off when a former
 * process ended is removed.
 */
final class PrivateFile implements AutoCloseable {

    private static final ObjectWriter CSV = CsvMapper.builder()
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writerFor(String[].class);
    private static final Set<OpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;

    private PrivateFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.key = key(path);
    }

    /** Whether a file is empty, not there, or one that begins with this line. What is not is somebody else's. */
    static boolean isOurs(Path path, String header) throws IOException {
        if (!Files.exists(path)) {
            return true;
        }
        byte[] expected = (header + "\n").getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(path)) {
            byte[] found = in.readNBytes(expected.length);
            return Arrays.equals(found, Arrays.copyOf(expected, found.length)); // a header may have been cut off
        }
    }

    /** Opens one, or makes it; empty if another process has it. */
    static Optional<PrivateFile> open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, APPENDING, owner(path));
        FileLock lock = lock(channel);
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        PrivateFile file = new PrivateFile(path, channel);
        file.removeWhatWasCutOff();
        return Optional.of(file);
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Whether its path still leads to it: somebody may have put another file in its place. */
    boolean isStillThere() throws IOException {
        return Files.exists(path) && Objects.equals(key, key(path));
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static FileAttribute<?>[] owner(Path path) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private void removeWhatWasCutOff() throws IOException {
        long end = channel.size();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (end > 0) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                break;
            }
            end--;
        }
        channel.truncate(end);
        channel.position(end);
    }

    boolean isEmpty() throws IOException {
        return channel.size() == 0;
    }

    /** Ends the last line of a file that somebody else has written. */
    static void endLastLine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            if (size > 0 && channel.read(last, size - 1) > 0 && last.get(0) != '\n') {
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
            }
        }
    }

    /** All lines. They are read with what holds the lock: to close anything else on the file would end it. */
    List<String> lines() throws IOException {
        return text(channel.size()).lines().toList();
    }

    private String text(long size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        int read = 0;
        while (bytes.hasRemaining() && read >= 0) {
            read = channel.read(bytes, bytes.position());
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /** Adds a line, which is there even if this process is killed. */
    void add(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Adds a line of fields. */
    void addFields(String... fields) throws IOException {
        add(CSV.writeValueAsString(fields).stripTrailing());
    }

    /** What was added is there even if the machine stops. */
    void sync() throws IOException {
        channel.force(false);
    }

    /** Ends it, and the file. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
