package io.iotdarelay.egress;

import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A proxy between the relay and the platform. Everything that goes to the platform goes through it, and the proxy resolves the
 * platform's name. TLS is between the relay and the platform: the proxy sees the platform's name and port, and no content.
 *
 * @param type {@code http}: a proxy that takes HTTP's method CONNECT; {@code socks5}.
 * @param host its name or address. The relay resolves the name. Required, if there is a proxy.
 * @param port its port, 1 to 65535. Required, if there is a proxy.
 * @param username the user, for basic authentication (HTTP) or that of RFC 1929 (SOCKS5). With {@code password-file}.
 * @param usernameFile a file that holds the user instead. It is read for each new connection, so it may change.
 * @param passwordFile a file that holds the user's password. It is read for each new connection, so it may change.
 * @param noProxy hosts that are reached without the proxy: names, addresses, or {@code .example.com} for all names that end so.
 */
public record ProxyProperties(
        @DefaultValue("http") Protocol type,
        @Nullable String host,
        @Nullable Integer port,
        @Nullable String username,
        @Nullable String usernameFile,
        @Nullable String passwordFile,
        @DefaultValue List<String> noProxy) {

    private static final int MAX_PORT = 65_535;

    /** The protocol that is spoken with the proxy. */
    public enum Protocol {
        HTTP,
        SOCKS5
    }

    public ProxyProperties {
        noProxy = noProxy.stream().map(String::strip).toList();
    }

    /**
     * What is wrong with it.
     *
     * @param key where it is configured
     */
    public List<SettingsProblem> problems(String key) {
        boolean hasUser = username != null || usernameFile != null;
        return new Requirements(key)
                .that(host != null, "host", "is required, if there is a proxy")
                .that(
                        host == null || host.matches("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+"),
                        "host",
                        "must be a name or an address, without a scheme, a user and a port")
                .that(port != null, "port", "is required, if there is a proxy")
                .that(port == null || (port > 0 && port <= MAX_PORT), "port", "must be 1 to 65535, not " + port)
                .that(
                        username == null || usernameFile == null,
                        "username-file",
                        "takes the place of username: set one of them")
                .that(hasUser || passwordFile == null, "password-file", "needs a username or username-file")
                .that(!hasUser || passwordFile != null, "password-file", "is required, if there is a user")
                .that(
                        noProxy.stream().allMatch(ProxyProperties::isHostOrSuffix),
                        "no-proxy",
                        "must be names, addresses, or suffixes such as .example.com")
                .problems();
    }

    private static boolean isHostOrSuffix(String entry) {
        return entry.matches("\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*|[0-9A-Fa-f:.]+");
    }

    /** Whether a host is reached through the proxy. */
    boolean isFor(String server) {
        String name = server.toLowerCase(Locale.ROOT);
        return noProxy.stream()
                .map(entry -> entry.toLowerCase(Locale.ROOT))
                .noneMatch(entry -> entry.startsWith(".") ? name.endsWith(entry) : name.equals(entry));
    }

    String requiredHost() {
        return Objects.requireNonNull(host);
    }

    int requiredPort() {
        return Objects.requireNonNull(port);
    }

    /** Whether the relay has something to authenticate with. */
    boolean hasCredentials() {
        return passwordFile != null;
    }

    Optional<Path> userFile() {
        return Optional.ofNullable(usernameFile).map(FileLocation::path);
    }

    Optional<Path> secretFile() {
        return Optional.ofNullable(passwordFile).map(FileLocation::path);
    }

    /** How messages name it. */
    String name() {
        return "the proxy " + host + ":" + port;
    }
}
