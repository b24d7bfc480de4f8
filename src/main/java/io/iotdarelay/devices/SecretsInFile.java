package io.iotdarelay.devices;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
 * whole, with the permissions that it has: whoever reads it meanwhile reads the former one or the new one.
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
     * @throws IOException if the file cannot be read, or its folder not be written; then it is as it was
     */
    public static int replace(Path file, Map<DeviceId, DeviceSecret> secrets) throws IOException {
        Path real = file.toRealPath();
        Path next = real.resolveSibling("." + real.getFileName() + ".new");
        Files.deleteIfExists(next);
        boolean posix = real.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) { // nobody may read it for a moment who may not read the file
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try {
            int changed = write(real, next, secrets);
            if (posix) {
                Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(real));
            }
            Files.move(next, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return changed;
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static int write(Path from, Path to, Map<DeviceId, DeviceSecret> secrets) throws IOException {
        int changed = 0;
        boolean csv = DirectoryFormat.of(from) == DirectoryFormat.CSV;
        try (BufferedReader lines = Files.newBufferedReader(from, StandardCharsets.UTF_8);
                FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                BufferedWriter writer =
                        new BufferedWriter(java.nio.channels.Channels.newWriter(channel, StandardCharsets.UTF_8))) {
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
