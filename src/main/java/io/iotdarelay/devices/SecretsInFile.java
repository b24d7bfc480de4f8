package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/**
 * Gives devices in a directory file other secrets. All other lines stay as they are, the invalid ones, too. The file is replaced as a
 * whole, with the owner, the group and the permissions that it has: whoever reads it meanwhile reads the former one or the new one.
 */
public final class SecretsInFile {

    private static final ObjectWriter CSV = CsvMapper.builder()
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writerFor(String[].class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private SecretsInFile() {}

    /**
     * Replaces secrets. Returns how many lines were changed.
     *
     * @throws IOException if the file cannot be read, is in use, has bytes that are not UTF-8, or cannot be replaced by one of the same
     *     owner, group and permissions; then it is as it was
     */
    public static int replace(Path file, Map<DeviceId, DeviceSecret> secrets) throws IOException {
        return copy(file, secrets, true);
    }

    /**
     * Does all that {@link #replace} does, but in the end leaves the file as it was.
     *
     * @throws IOException as there
     */
    public static void rehearse(Path file) throws IOException {
        int unused = copy(file, Map.of(), false);
    }

    private static int copy(Path file, Map<DeviceId, DeviceSecret> secrets, boolean replaces) throws IOException {
        Path real = file.toRealPath();
        // One channel for all: to close another one on the file would end the lock.
        try (FileChannel from = FileChannel.open(real, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (!isLocked(from)) {
                throw new IOException("another command is writing it");
            }
            return copy(from, real, secrets, replaces);
        }
    }

    private static int copy(FileChannel from, Path real, Map<DeviceId, DeviceSecret> secrets, boolean replaces)
            throws IOException {
        Path next = real.resolveSibling("." + real.getFileName() + ".new");
        try {
            Files.deleteIfExists(next);
            boolean posix = real.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (posix) { // nobody may read it for a moment who may not read the file
                Files.createFile(
                        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            int changed = write(from, DirectoryFormat.of(real) == DirectoryFormat.CSV, next, secrets);
            if (posix) {
                giveAway(next, Files.readAttributes(real, PosixFileAttributes.class));
            }
            if (replaces) {
                Files.move(next, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return changed;
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** A relay that runs as somebody else still has to read it. */
    private static void giveAway(Path file, PosixFileAttributes wanted) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        PosixFileAttributes own = view.readAttributes();
        if (!own.owner().equals(wanted.owner())) {
            view.setOwner(wanted.owner());
        }
        if (!own.group().equals(wanted.group())) {
            view.setGroup(wanted.group());
        }
        view.setPermissions(wanted.permissions());
    }

    private static int write(FileChannel from, boolean csv, Path to, Map<DeviceId, DeviceSecret> secrets)
            throws IOException {
        int changed = 0;
        BufferedReader lines = new BufferedReader(Channels.newReader(from, StandardCharsets.UTF_8.newDecoder(), -1));
        try (FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                BufferedWriter writer = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8))) {
            List<String> header = List.of();
            boolean first = true;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String other = null;
                if (csv && first) {
                    header = DirectoryFormat.header(line);
                } else if (csv) {
                    other = inCsv(line, header, secrets);
                } else {
                    other = inJson(line, secrets);
                }
                first = false;
                changed += other == null ? 0 : 1;
                writer.write(other == null ? line : other);
                writer.write('\n');
            }
            writer.flush();
            channel.force(true);
        }
        return changed;
    }

    /** The line with the new secret of its device; null if it stays as it is. */
    private static @Nullable String inCsv(String line, List<String> header, Map<DeviceId, DeviceSecret> secrets) {
        try {
            List<String> fields = new ArrayList<>(line.isBlank() ? List.of() : DirectoryFormat.fields(line));
            int id = header.indexOf(DirectoryFormat.DEVICE_ID);
            int secret = header.indexOf(DirectoryFormat.SECRET);
            DeviceSecret other = id < fields.size() ? of(fields.get(id), secrets) : null;
            if (other == null) {
                return null;
            }
            while (fields.size() <= secret) {
                fields.add("");
            }
            fields.set(secret, other.value());
            return CSV.writeValueAsString(fields.toArray(String[]::new)).stripTrailing();
        } catch (JacksonException e) {
            return null;
        }
    }

    private static @Nullable String inJson(String line, Map<DeviceId, DeviceSecret> secrets) {
        try {
            JsonNode entry = JSON.readTree(line);
            DeviceSecret other = of(entry.path(DirectoryFormat.DEVICE_ID).asString(""), secrets);
            return other == null || !(entry instanceof ObjectNode node)
                    ? null
                    : JSON.writeValueAsString(node.put(DirectoryFormat.SECRET, other.value()));
        } catch (JacksonException e) {
            return null;
        }
    }

    private static @Nullable DeviceSecret of(String id, Map<DeviceId, DeviceSecret> secrets) {
        return DeviceId.isValid(id) ? secrets.get(new DeviceId(id)) : null;
    }
}
