package io.iotdarelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class YamlNameFailureAnalyzerTest {

    @ParameterizedTest
    @ValueSource(strings = {"on", "Yes", "off", "true", "1", "2.5"})
    void reportsNamesThatAreNotText(String name, @TempDir Path directory, CapturedOutput output) throws IOException {
        assertThatThrownBy(() -> start(directory, name)).isInstanceOf(ClassCastException.class);

        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START", "A name in a YAML configuration file", "Quote the name")
                .doesNotContain("\tat ");
    }

    @Test
    void saysNothingOfOtherCasts() {
        assertThat(new YamlNameFailureAnalyzer().analyze(new ClassCastException("of something else")))
                .isNull();
    }

    private static void start(Path directory, String name) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yaml"), """
                relay.routes:
                  - name: a
                    services:
                      - id: S
                        properties:
                          %s: {from: /p}
                """.formatted(name));
        new SpringApplicationBuilder(RelayApplication.class).run("--spring.config.location=" + file.toUri());
    }
}
