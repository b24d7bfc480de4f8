package io.iotdarelay.settings;

/**
 * One mistake in the configuration.
 *
 * @param path the key, from {@code relay} on
 * @param message what is wrong and what would be right
 */
public record SettingsProblem(String path, String message) {

    @Override
    public String toString() {
        return path + ": " + message;
    }
}
