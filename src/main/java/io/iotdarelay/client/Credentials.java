package io.iotdarelay.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who asks. Looks for the credentials that were given, then for those that a container has for the relay in it. */
sealed interface Credentials {

    /** A user with a password. */
    record Known(String user, String password) implements Credentials {

        /** The value of the header. */
        String basic() {
            return "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "credentials of " + user;
        }
    }

    /** There are none. */
    record None() implements Credentials {}

    /** They cannot be used. */
    record Unusable(String why) implements Credentials {}

    String USUAL_USER = "operator";

    /** Where the service in a container has its user: Spring Boot's variables, and those of the chart. */
    List<Variables> OF_THE_SERVICE = List.of(
            new Variables("SPRING_SECURITY_USER_NAME", "SPRING_SECURITY_USER_PASSWORD", "user"),
            new Variables("OPERATOR_USERNAME", "OPERATOR_PASSWORD", USUAL_USER));

    Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Variables with a user.
     *
     * @param usual the name if only the password is there
     */
    record Variables(String user, String password, String usual) {}

    /**
     * Finds them.
     *
     * @param relay who is asked: the variables of the service count only for an address of this machine
     */
    static Credentials find(@Nullable String user, @Nullable Path passwordFile, Terminal terminal, URI relay) {
        String name = user != null ? user : terminal.variable("IOTDA_RELAY_USER");
        String password = terminal.variable("IOTDA_RELAY_PASSWORD");
        if (passwordFile != null) {
            try {
                password = Files.readString(passwordFile).replaceFirst("[\\r\\n]+\\z", "");
            } catch (IOException e) {
                return new Unusable("the password cannot be read from " + passwordFile + ": "
                        + e.getClass().getSimpleName());
            }
        }
        if (password != null) {
            return password.isEmpty()
                    ? new Unusable("the password is empty")
                    : known(Objects.requireNonNullElse(name, USUAL_USER), password);
        }
        if (name != null) {
            return new Unusable(
                    "no password of " + name + ": name a file with --password-file, or set IOTDA_RELAY_PASSWORD");
        }
        return LOOPBACK.contains(relay.getHost()) ? ofTheService(terminal) : new None();
    }

    private static Credentials ofTheService(Terminal terminal) {
        for (Variables variables : OF_THE_SERVICE) {
            String password = terminal.variable(variables.password());
            if (password != null) {
                String plain = password.startsWith("{noop}") ? password.substring("{noop}".length()) : password;
                return plain.matches("(?s)\\{[A-Za-z0-9@._-]+}.*")
                        ? new Unusable(
                                variables.password()
                                        + " is encoded, and cannot be used to log in: set IOTDA_RELAY_USER and IOTDA_RELAY_PASSWORD")
                        : known(
                                Objects.requireNonNullElse(terminal.variable(variables.user()), variables.usual()),
                                plain);
            }
        }
        return new None();
    }

    private static Credentials known(String user, String password) {
        return user.contains(":") ? new Unusable("a user's name has no colon") : new Known(user, password);
    }
}
