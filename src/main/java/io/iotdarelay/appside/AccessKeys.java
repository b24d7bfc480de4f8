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

    private final PlatformProperties properties;

    AccessKeys(PlatformProperties properties) {
        this.properties = properties;
    }

    /** Fails with {@link SecretFile.UnreadableException} if a file cannot be used. */
    Mono<AccessKey> current() {
        Mono<AccessKey> key = Mono.fromCallable(this::read);
        boolean isInFiles = properties.accessKeyPath().isPresent()
                || properties.secretKeyPath().isPresent();
        return isInFiles ? key.subscribeOn(Schedulers.boundedElastic()) : key;
    }

    /** ID and secret of the same key: a mounted Secret may be replaced between the two files. */
    AccessKey read() throws SecretFile.UnreadableException {
        String id = id();
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            String secret = secret();
            String again = id();
            if (again.equals(id)) {
                return new AccessKey(id, secret);
            }
            id = again;
        }
        return new AccessKey(id, secret());
    }

    private String id() throws SecretFile.UnreadableException {
        String id = value(properties.accessKey(), properties.accessKeyPath());
        if (!PlatformProperties.isAccessKey(id)) {
            throw new SecretFile.UnreadableException(properties.accessKeyFile()
                    + " does not begin with the ID of a key: letters, digits, '_' or '-' only");
        }
        return id;
    }

    private String secret() throws SecretFile.UnreadableException {
        return value(properties.secretKey(), properties.secretKeyPath());
    }

    private static String value(@Nullable String configured, Optional<Path> file)
            throws SecretFile.UnreadableException {
        return file.isPresent() ? SecretFile.line(file.get()).strip() : String.valueOf(configured);
    }
}
