package io.iotdarelay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.YamlProcessor;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports names in a YAML file that are not text, such as a property {@code on} of a route without quotes. Spring converts
 * such names to text, but not inside a list.
 */
final class YamlNameFailureAnalyzer extends AbstractFailureAnalyzer<ClassCastException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ClassCastException cause) {
        boolean ofYaml = Arrays.stream(cause.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(YamlProcessor.class.getName()));
        if (!ofYaml) {
            return null;
        }
        return new FailureAnalysis(
                "A name in a YAML configuration file is not text. Without quotes, YAML reads on, off, yes, no, true and false as"
                        + " booleans, and 1 as a number.",
                "Quote the name, as in \"on\": {from: /status}.",
                cause);
    }
}
