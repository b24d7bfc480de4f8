package io.iotdarelay.egress;

import io.iotdarelay.settings.SecretFile;
import java.nio.file.Path;
import java.util.Optional;

/** What the relay proves itself with to the proxy. It is read from files for each connection, which may block. */
final class ProxyCredentials {

    private final ProxyProperties proxy;

    /** A user and a password, which is never printed. */
    record Login(String username, String password) {

        @Override
        public String toString() {
            return "(login)";
        }
    }

    ProxyCredentials(ProxyProperties proxy) {
        this.proxy = proxy;
    }

    /** Empty if the proxy needs none. */
    Optional<Login> read() throws SecretFile.UnreadableException {
        Optional<Path> secret = proxy.secretFile();
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> user = proxy.userFile();
        String username = user.isPresent() ? SecretFile.line(user.get()) : String.valueOf(proxy.username());
        return Optional.of(new Login(username, SecretFile.line(secret.get())));
    }
}
