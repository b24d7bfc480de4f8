package io.iotdarelay.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What is built tomorrow is built of the same things. Versions of plugins and dependencies are the enforcer's business (see
 * pom.xml), those of the chart's images {@code ChartSetupsTest}'s.
 */
class PinsTest {

    private static final Pattern DEFAULT_IMAGE = Pattern.compile("(?m)^ARG (\\w+_IMAGE)=(.*)$");
    private static final Pattern STAGE = Pattern.compile("(?m)^FROM (?:--platform=\\S+ )?(\\S+)(?: AS (\\S+))?$");
    private static final Pattern SOURCE = Pattern.compile("(?m)^COPY --from=(\\S+)");

    private final String dockerfile = Yaml.text(Path.of("Dockerfile"));

    @Test
    void theImageIsMadeOfImagesThatCannotChange() {
        List<MatchResult> images = DEFAULT_IMAGE.matcher(dockerfile).results().toList();

        assertThat(images)
                .extracting(image -> image.group(1))
                .containsExactly("BUILD_IMAGE", "JAR_IMAGE", "BASE_IMAGE");
        assertThat(images)
                .allSatisfy(image -> assertThat(image.group(2))
                        .matches("\\$\\{BUILD_IMAGE}|[a-z0-9./_-]+:[^@:]+@sha256:[0-9a-f]{64}"));
    }

    @Test
    void theImageIsMadeOfNothingElse() {
        // Given
        Set<String> known = new HashSet<>(Set.of("${BUILD_IMAGE}", "${JAR_IMAGE}", "${BASE_IMAGE}"));

        // Then
        assertThat(STAGE.matcher(dockerfile).results()).hasSizeGreaterThan(2).allSatisfy(stage -> {
            assertThat(known).contains(stage.group(1));
            known.add(String.valueOf(stage.group(2)));
        });
        assertThat(SOURCE.matcher(dockerfile).results())
                .isNotEmpty()
                .allSatisfy(
                        source -> assertThat(known).contains(source.group(1)).doesNotContain("${"));
        assertThat(dockerfile).doesNotContainPattern("(?m)^(ADD|# *syntax)|curl|wget|apt-get");
    }
}
