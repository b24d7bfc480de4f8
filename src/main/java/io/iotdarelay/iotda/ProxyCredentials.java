package io.iotdarelay.iotda;

import java.io.IOException;
import java.nio.file.Files;
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

    /** A file is missing, empty, or may not be read. */
    static final class UnreadableException extends IOException {

        private static final long serialVersionUID = 1;

        UnreadableException(String why) {
            super(why);
        }
    }

    ProxyCredentials(ProxyProperties proxy) {
        this.proxy = proxy;
    }

    /** Empty if the proxy needs none. */
    Optional<Login> read() throws UnreadableException {
        Optional<Path> secret = proxy.secretFile();
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> user = proxy.userFile();
        String username = user.isPresent() ? line(user.get()) : String.valueOf(proxy.username());
        return Optional.of(new Login(username, line(secret.get())));
    }

    /** The file's first line. */
    private static String line(Path file) throws UnreadableException {
        String line;
        try {
            line = Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UnreadableException(
                    file + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        if (line.isEmpty()) {
            throw new UnreadableException(file + " is empty");
        }
        return line;
    }
}
