package io.iotdarelay.tokens;

import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The keys of a directory, as it was read once.
 *
 * @param byId those that can be used
 * @param problems what is wrong with the others, or with the directory
 */
public record TokenKeys(Map<String, TokenKey> byId, List<String> problems) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** In bytes: far more than a key needs, and few enough to read whatever lies there. */
    private static final int MOST = 4096;

    private static final int MOST_KEYS = 1000;

    public TokenKeys {
        byId = Map.copyOf(byId);
        problems = List.copyOf(problems);
    }

    /** What is wrong with the keys that are configured, at the start. Reads them. */
    public static List<SettingsProblem> problems(TokenProperties properties) {
        Requirements requirements = new Requirements("relay.tokens");
        if (properties.isStored()) {
            TokenKeys keys = read(properties.keyDirectory());
            keys.problems().forEach(problem -> requirements.that(false, "keys", problem));
            requirements.that(
                    !keys.problems().isEmpty() || keys.byId().containsKey(properties.keyId()),
                    "key",
                    "there is no file '" + properties.keyId() + "' in " + properties.keyDirectory());
        }
        return requirements.problems();
    }

    /** The files of keys in a directory; none if it cannot be read. */
    public static List<Path> files(Path directory) {
        try {
            return list(directory);
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> !Files.isDirectory(file))
                    .sorted()
                    .limit(MOST_KEYS)
                    .toList();
        }
    }

    /** Reads the directory. */
    static TokenKeys read(Path directory) {
        Map<String, TokenKey> keys = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        try {
            list(directory).forEach(file -> read(file, keys, problems));
        } catch (IOException | UncheckedIOException e) {
            problems.add(directory + " cannot be read: " + e.getClass().getSimpleName());
        }
        if (keys.isEmpty() && problems.isEmpty()) {
            problems.add(directory + " holds no key");
        }
        return new TokenKeys(keys, problems);
    }

    private static void read(Path file, Map<String, TokenKey> keys, List<String> problems) {
        String id = file.getFileName().toString();
        if (!ID.matcher(id).matches()) {
            problems.add("'" + id + "' cannot be the ID of a key: up to 64 letters, digits, '.', '_' and '-'");
            return;
        }
        try {
            if (Files.size(file) > MOST) {
                problems.add("the key " + id + " is not 32 bytes in base64");
                return;
            }
            byte[] content = Base64.getDecoder()
                    .decode(Files.readString(file, StandardCharsets.ISO_8859_1).strip());
            if (content.length == TokenKey.SIZE) {
                keys.put(id, TokenKey.of(id, content));
            } else {
                problems.add("the key " + id + " has " + content.length + " bytes instead of 32");
            }
        } catch (IllegalArgumentException e) { // its message would quote the key
            problems.add("the key " + id + " is not 32 bytes in base64");
        } catch (IOException e) {
            problems.add("the key " + id + " cannot be read: " + e.getClass().getSimpleName());
        }
    }
}
