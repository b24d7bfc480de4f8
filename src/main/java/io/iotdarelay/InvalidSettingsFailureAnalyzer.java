package io.iotdarelay;

import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.settings.SettingsProblem;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports every error in the configuration to the user, instead of a stack trace. */
final class InvalidSettingsFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingsException cause) {
        String list = cause.problems().stream()
                .map(SettingsProblem::toString)
                .map(problem -> "  - " + problem)
                .collect(Collectors.joining("\n"));
        return new FailureAnalysis(
                "Invalid configuration:\n\n" + list,
                "Fix the keys above; docs/configuration.md describes all keys.",
                cause);
    }
}
