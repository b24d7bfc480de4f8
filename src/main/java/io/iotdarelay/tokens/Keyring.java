package io.iotdarelay.tokens;

import io.iotdarelay.settings.FileState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in use. They follow their files; a key that was valid stays in use until it is replaced by another valid one under its
 * name, or its file disappears while the others can be read. Any thread may ask for a key.
 */
final class Keyring implements Keys {

    private static final Logger log = LoggerFactory.getLogger(Keyring.class);

    private final Path directory;
    private volatile TokenKey current;
    private volatile Map<String, TokenKey> keys;
    private volatile Optional<String> trouble = Optional.empty();
    private Map<Path, FileState> seen;

    private Keyring(Path directory, TokenKey current, Map<String, TokenKey> keys, Map<Path, FileState> seen) {
        this.directory = directory;
        this.current = current;
        this.keys = keys;
        this.seen = seen;
    }

    /** Reads the keys, which were found valid before. */
    static Keyring of(Path directory, String currentId) {
        Map<Path, FileState> seen = look(directory);
        Map<String, TokenKey> keys = TokenKeys.read(directory).byId();
        TokenKey current = keys.get(currentId);
        if (current == null) {
            throw new IllegalStateException("the key that encrypts has just disappeared");
        }
        return new Keyring(directory, current, keys, seen);
    }

    @Override
    public TokenKey current() {
        return current;
    }

    /** Under its name there may be another one now. */
    @Override
    public boolean hold(TokenKey key) {
        return key.equals(keys.get(key.id()));
    }

    Optional<TokenKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    /** What is wrong with the files, if anything. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Reads the files again if they have changed. Only one thread calls this. */
    void refresh() {
        Map<Path, FileState> now = look(directory);
        if (!now.equals(seen)) {
            seen = now;
            take(TokenKeys.read(directory));
        }
    }

    private void take(TokenKeys read) {
        Map<String, TokenKey> next = new HashMap<>(read.byId());
        if (!read.problems().isEmpty()) {
            keys.forEach(next::putIfAbsent);
        }
        TokenKey encrypting = next.get(current.id());
        if (encrypting == null) {
            next.put(current.id(), current);
            become(Optional.of("the key " + current.id() + ", which encrypts, has no file any more; it stays in use"));
        } else {
            current = encrypting;
            become(read.problems().stream().findFirst());
        }
        keys = Map.copyOf(next);
        log.atInfo().addKeyValue("keys", keys.size()).log("The keys of the token store were read again");
    }

    private void become(Optional<String> now) {
        now.filter(why -> !trouble.equals(Optional.of(why)))
                .ifPresent(why -> log.atWarn()
                        .addKeyValue("reason", why)
                        .log("The keys of the token store are not in order; those read before stay in use"));
        trouble = now;
    }

    private static Map<Path, FileState> look(Path directory) {
        Map<Path, FileState> states = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> states.put(file, FileState.orMissing(file)));
        } catch (IOException | UncheckedIOException e) {
            states.clear();
        }
        return states;
    }
}
