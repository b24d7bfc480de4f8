package io.iotdarelay.settings;

import java.util.regex.Pattern;

/**
 * One error in the configuration. The part of a URL before the host, which may be a password, is left out.
 *
 * @param path the key, from {@code relay} on
 * @param message what is wrong and how to fix it
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
