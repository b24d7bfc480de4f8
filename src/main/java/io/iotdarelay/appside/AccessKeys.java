package io.iotdarelay.appside;

import io.iotdarelay.settings.SecretFile;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The access key in force. Where it is in files, they are read for each request, so that they may rotate. */
final class AccessKeys {

    /** While both files are being replaced. */
    private static final int ATTEMPTS = 3;

    private final Source id;
    private final Source secret;
    private final boolean inFiles;

    /** One half of the key. */
    interface Source {

        /** May block. */
        String read() throws SecretFile.UnreadableException;
    }

    AccessKeys(PlatformProperties properties) {
        this(
                source(properties.accessKey(), properties.accessKeyPath()),
                source(properties.secretKey(), properties.secretKeyPath()),
                properties.accessKeyPath().isPresent()
                        || properties.secretKeyPath().isPresent());
    }

    AccessKeys(Source id, Source secret, boolean inFiles) {
        this.id = id;
        this.secret = secret;
        this.inFiles = inFiles;
    }

    /** Fails with {@link SecretFile.UnreadableException} if a file cannot be used. */
    Mono<AccessKey> current() {
        Mono<AccessKey> key = Mono.fromCallable(this::read);
        return inFiles ? key.subscribeOn(Schedulers.boundedElastic()) : key;
    }

    /** ID and secret of the same key: a mounted Secret may be replaced between the two files. */
    AccessKey read() throws SecretFile.UnreadableException {
        String before = readId();
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            String found = secret.read();
            String after = readId();
            if (after.equals(before)) {
                return new AccessKey(before, found);
            }
            before = after;
        }
        return new AccessKey(before, secret.read());
    }

    private String readId() throws SecretFile.UnreadableException {
        String found = id.read();
        if (!PlatformProperties.isAccessKey(found)) { // it goes into a header
            throw new SecretFile.UnreadableException(
                    "access-key-file does not begin with the ID of a key: letters, digits, '_' or '-' only");
        }
        return found;
    }

    private static Source source(@Nullable String configured, Optional<Path> file) {
        return () -> file.isPresent() ? stripped(file.get()) : String.valueOf(configured);
    }

    private static String stripped(Path file) throws SecretFile.UnreadableException {
        String line = SecretFile.line(file).strip();
        if (line.isEmpty()) {
            throw new SecretFile.UnreadableException(file + " is empty");
        }
        return line;
    }
}
