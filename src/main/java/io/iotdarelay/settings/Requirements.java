package io.iotdarelay.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** Collects the errors in one room's settings, so that all of them can be reported at once. */
public final class Requirements {

    private final String prefix;
    private final List<SettingsProblem> problems = new ArrayList<>();

    /** Paths of problems begin with {@code prefix}. */
    public Requirements(String prefix) {
        this.prefix = prefix;
    }

    /** Records a problem with {@code key} unless the condition holds. */
    public Requirements that(boolean holds, String key, String message) {
        if (!holds) {
            problems.add(new SettingsProblem(key.startsWith("[") ? prefix + key : prefix + '.' + key, message));
        }
        return this;
    }

    /** Adds problems that were found elsewhere. */
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

    /** A value in the form in which it is configured. */
    static String text(Object value) {
        return switch (value) {
            case DataSize size -> text(size);
            case Duration duration ->
                duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
            default -> value.toString();
        };
    }

    private static String text(DataSize size) {
        return size.toBytes() % 1024 != 0
                ? size.toBytes() + "B"
                : size.toKilobytes() % 1024 != 0 ? size.toKilobytes() + "KB" : size.toMegabytes() + "MB";
    }
}
