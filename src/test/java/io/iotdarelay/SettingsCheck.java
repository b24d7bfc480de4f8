package io.iotdarelay;

import org.springframework.core.env.ConfigurableEnvironment;

/** Lets tests in other packages ask whether the relay would start with a configuration. */
public final class SettingsCheck {

    private SettingsCheck() {}

    /** Reads the settings as the relay does when it starts, and throws what it would end with. */
    public static void read(ConfigurableEnvironment environment) {
        RelaySettings unused = RelaySettings.read(environment);
    }
}
