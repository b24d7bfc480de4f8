package io.iotdarelay.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;

/**
 * Gives Kafka's clients the user and the password from files, for each connection, so they may change at any time. It is
 * configured as {@code sasl.client.callback.handler.class}, for PLAIN and SCRAM, and created by Kafka; the options
 * {@code usernameFile} and {@code passwordFile} in {@code sasl.jaas.config} name the files. A line break at the end of a
 * file is ignored.
 */
public final class MountedCredentials implements AuthenticateCallbackHandler {

    private static final String USERNAME = "usernameFile";
    private static final String PASSWORD = "passwordFile";

    private Path username = Path.of("");
    private Path password = Path.of("");

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
        username = file(entries, USERNAME);
        password = file(entries, PASSWORD);
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            switch (callback) {
                case NameCallback name -> name.setName(read(username));
                case PasswordCallback secret ->
                    secret.setPassword(read(password).toCharArray());
                case ScramExtensionsCallback ignored -> {} // there are none
                default -> throw new UnsupportedCallbackException(callback);
            }
        }
    }

    @Override
    public void close() {}

    private static Path file(List<AppConfigurationEntry> entries, String option) {
        return entries.stream()
                .map(entry -> entry.getOptions().get(option))
                .filter(String.class::isInstance)
                .map(value -> Path.of((String) value))
                .findFirst()
                .orElseThrow(() -> new ConfigException("sasl.jaas.config has no option " + option));
    }

    private static String read(Path file) throws IOException {
        String text = Files.readString(file);
        String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return line.length() < text.length() && line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
