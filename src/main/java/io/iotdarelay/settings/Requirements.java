package io.iotdarelay.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** Collects what is wrong with one room's settings, so that all of it can be told at once. */
public final class Requirements {

    private final String prefix;
    private final List<SettingsProblem> problems = new ArrayList<>();

    /** Paths of problems begin with {@code prefix}. */
    public Requirements(String prefix) {
        this.prefix = prefix;
    }

    /** Notes a problem with {@code key} unless the condition holds. */
    public Requirements that(boolean holds, String key, String message) {
        if (!holds) {
            problems.add(new SettingsProblem(key.startsWith("[") ? prefix + key : prefix + '.' + key, message));
        }
        return this;
    }

    /** Notes a problem unless {@code value} lies between the bounds, both included. */
    public Requirements between(long value, long least, long most, String key) {
        return that(value >= least && value <= most, key, "must be " + least + " to " + most + ", not " + value);
    }

    /** Notes a problem unless {@code value} lies between the bounds, both included. */
    public Requirements between(Duration value, Duration least, Duration most, String key) {
        return that(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                key,
                "must be " + text(least) + " to " + text(most) + ", not " + text(value));
    }

    /** Notes a problem unless {@code value} lies between the bounds, both included. */
    public Requirements between(DataSize value, DataSize least, DataSize most, String key) {
        return that(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                key,
                "must be " + text(least) + " to " + text(most) + ", not " + text(value));
    }

    /** Takes over problems that were found elsewhere. */
    public Requirements and(List<SettingsProblem> others) {
        problems.addAll(others);
        return this;
    }

    public List<SettingsProblem> problems() {
        return List.copyOf(problems);
    }

    /** Throws {@link InvalidSettingsException} if there is any problem. */
    public void check() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    private static String text(DataSize size) {
        return size.toBytes() % 1024 != 0
                ? size.toBytes() + "B"
                : size.toKilobytes() % 1024 != 0 ? size.toKilobytes() + "KB" : size.toMegabytes() + "MB";
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
