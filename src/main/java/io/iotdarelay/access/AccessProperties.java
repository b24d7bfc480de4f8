package io.iotdarelay.access;

import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.Requirements;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Who may use the HTTP port, and its limits. Health is always open, without details.
 *
 * @param users those who may log in, besides the operator of {@code spring.security.user}.
 * @param metrics who may read {@code /actuator/prometheus}: {@code anybody}, or {@code users}.
 * @param oidc whose tokens are accepted besides passwords. None by default.
 * @param maxConnections how many connections may be open. Beyond it, those without a complete request, or without a further one, are closed, oldest first.
 * @param maxConnectionsPerAddress the same for each address of a client.
 * @param requestTimeout how long a client may take to send a request, including its body and the TLS handshake, and to read
 *     what is written to it.
 * @param idleTimeout how long a connection without a request is kept.
 * @param sessionIdleTimeout how long a browser's session lasts without a request.
 * @param sessionTimeout how long a browser's session lasts at most. Sessions are in the memory of an instance: its end ends them.
 * @param maxRequestSize how large the body of a request may be. Larger ones are refused with 413.
 */
@ConfigurationProperties("relay.access")
public record AccessProperties(
        @DefaultValue List<UserProperties> users,
        @DefaultValue("anybody") MetricsReader metrics,
        @NestedConfigurationProperty @Nullable OidcProperties oidc,

        @Between(least = "10", most = "10000") @DefaultValue("500")
        int maxConnections,

        @Between(least = "5", most = "10000") @DefaultValue("100")
        int maxConnectionsPerAddress,

        @Between(least = "1s", most = "1m") @DefaultValue("10s")
        Duration requestTimeout,

        @Between(least = "1s", most = "10m") @DefaultValue("75s")
        Duration idleTimeout,

        @Between(least = "1m", most = "1d") @DefaultValue("30m")
        Duration sessionIdleTimeout,

        @Between(least = "1m", most = "7d") @DefaultValue("12h")
        Duration sessionTimeout,

        @Between(least = "1KB", most = "1MB") @DefaultValue("64KB")
        DataSize maxRequestSize) {

    /** Who may read the metrics. */
    public enum MetricsReader {
        ANYBODY,
        USERS
    }

    /**
     * Somebody who may log in.
     *
     * @param name the name, without a colon.
     * @param password the password, which may be encoded, as in {@code {bcrypt}...}.
     * @param role {@code viewer}: sees everything; {@code operator}: may also change what can be changed over HTTP.
     */
    public record UserProperties(
            @Nullable String name,
            @Nullable String password,
            @DefaultValue("viewer") Role role) {

        @Override
        public String toString() {
            return "UserProperties[name=" + name + ", role=" + role + "]";
        }
    }

    public AccessProperties {
        users = List.copyOf(users);
        Requirements requirements = new Requirements("relay.access");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < users.size(); i++) {
            String name = users.get(i).name();
            String password = users.get(i).password();
            requirements
                    .that(
                            name != null && !name.isBlank() && !name.contains(":"),
                            "users[" + i + "].name",
                            "is required, and may not contain a colon")
                    .that(name == null || names.add(name), "users[" + i + "].name", "is the name of another user, too")
                    .that(password != null && !password.isBlank(), "users[" + i + "].password", "is required");
        }
        requirements.check();
    }
}
