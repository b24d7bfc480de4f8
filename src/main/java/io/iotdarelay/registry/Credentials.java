package io.iotdarelay.registry;

import io.iotdarelay.settings.FileLocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the relay proves itself with to the registry. */
final class Credentials {

    private final RegistryProperties properties;

    Credentials(RegistryProperties properties) {
        this.properties = properties;
    }

    /** Whether they have to be read from a file, which may block. */
    boolean areInFile() {
        return properties.passwordFile() != null || properties.tokenFile() != null;
    }

    /** The header {@code Authorization}, if there is one. */
    Optional<String> header() throws IOException {
        String token = secret(properties.token(), properties.tokenFile());
        if (token != null) {
            return Optional.of("Bearer " + token);
        }
        String password = secret(properties.password(), properties.passwordFile());
        if (properties.username() == null || password == null) {
            return Optional.empty();
        }
        byte[] pair = (properties.username() + ':' + password).getBytes(StandardCharsets.UTF_8);
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }

    private static @Nullable String secret(@Nullable String configured, @Nullable String file) throws IOException {
        if (file == null) {
            return configured;
        }
        return Files.readString(FileLocation.path(file)).strip();
    }

    @Override
    public String toString() {
        return "(credentials)";
    }
}
