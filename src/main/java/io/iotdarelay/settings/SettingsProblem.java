package io.iotdarelay.settings;

import java.util.regex.Pattern;

/**
 * One mistake in the configuration. What stands before the host in an address, which may be a password, is not repeated.
 *
 * @param path the key, from {@code relay} on
 * @param message what is wrong and what would be right
 */
public record SettingsProblem(String path, String message) {

    private static final Pattern USER_INFO = Pattern.compile("://.*@", Pattern.DOTALL);

    public SettingsProblem {
        message = USER_INFO.matcher(message).replaceAll("://(hidden)@");
    }

    @Override
    public String toString() {
        return path + ": " + message;
    }
}
