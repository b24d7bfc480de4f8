package io.iotdarelay.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is invalid: the relay does not start. */
public final class InvalidSettingsException extends RuntimeException {

    private final transient List<SettingsProblem> problems;

    public InvalidSettingsException(List<SettingsProblem> problems) {
        super(problems.stream().map(SettingsProblem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** All errors, at least one. */
    public List<SettingsProblem> problems() {
        return problems;
    }
}
