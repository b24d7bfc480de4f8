package io.iotdarelay.registry;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.Requirements;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The schema registry, for routes with {@code format: avro} or {@code protobuf}.
 *
 * @param url where its interface begins, for example {@code https://registry:8081}, or
 *     {@code https://apicurio:8080/apis/ccompat/v7}. Several addresses of the same registry are tried in turn.
 * @param sslBundle the name of a {@code spring.ssl.bundle} whose trust store is used, and whose certificate is presented if it has one.
 *     Without it the JVM's own trust store counts.
 * @param username the user of HTTP basic authentication.
 * @param password the user's password.
 * @param passwordFile a file that holds the password instead. It is read for each request, so it may change.
 * @param token a bearer token.
 * @param tokenFile a file that holds the token instead. It is read for each request, so it may change.
 * @param connectTimeout how long a connection may take to be made, TLS included.
 * @param responseTimeout how long an answer may take.
 */
@ConfigurationProperties("relay.registry")
public record RegistryProperties(
        @DefaultValue List<URI> url,
        @Nullable String sslBundle,
        @Nullable String username,
        @Nullable String password,
        @Nullable String passwordFile,
        @Nullable String token,
        @Nullable String tokenFile,

        @Between(least = "100ms", most = "1m") @DefaultValue("5s")
        Duration connectTimeout,

        @Between(least = "100ms", most = "1m") @DefaultValue("10s")
        Duration responseTimeout) {

    public RegistryProperties {
        url = List.copyOf(url);
        Requirements requirements = new Requirements("relay.registry");
        for (URI each : url) {
            requirements.that(
                    isBase(each),
                    "url",
                    "must be http://HOST or https://HOST, with a port and a path if need be, and without user, query or fragment");
        }
        requirements
                .that(
                        count(password, passwordFile) < 2,
                        "password-file",
                        "takes the place of password: set one of them")
                .that(count(token, tokenFile) < 2, "token-file", "takes the place of token: set one of them")
                .that(
                        count(username) == count(password, passwordFile) || count(password, passwordFile) > 1,
                        "username",
                        "needs a password or password-file, and they need a username")
                .that(
                        count(username) + count(token, tokenFile) < 2 || count(token, tokenFile) > 1,
                        "token",
                        "cannot be combined with username: the registry takes one or the other")
                .check();
    }

    /** Whether there is a registry. */
    public boolean isConfigured() {
        return !url.isEmpty();
    }

    private static boolean isBase(URI uri) {
        return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                && uri.getHost() != null
                && uri.getUserInfo() == null
                && uri.getQuery() == null
                && uri.getFragment() == null;
    }

    private static long count(@Nullable String... values) {
        return Stream.of(values).filter(value -> value != null).count();
    }

    @Override
    public String toString() {
        return "RegistryProperties[url=" + url + ", sslBundle=" + sslBundle + "]";
    }
}
