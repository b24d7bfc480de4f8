package io.iotdarelay.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commands that pages and notes tell operators to type. */
class CommandsTest {

    private static final List<Path> PLACES =
            List.of(Path.of("README.md"), Path.of("docs"), Path.of("helm/iotda-relay"));

    /** kubectl's arguments, up to the end of the command. */
    private static final Pattern LOGS_OF_SEVERAL = Pattern.compile("kubectl [^`|\\n]*\\blogs -l [^`|\\\\\\n]*");

    /** Otherwise it ends at the first pod that has none: one that is still starting, or without a former container. */
    @Test
    void theLogsOfSeveralPodsDoNotEndAtTheFirstThatHasNone() throws IOException {
        List<String> commands = texts().flatMap(
                        text -> LOGS_OF_SEVERAL.matcher(text).results())
                .map(MatchResult::group)
                .toList();

        assertThat(commands)
                .hasSizeGreaterThan(5)
                .allSatisfy(command -> assertThat(command).contains(" --ignore-errors"));
    }

    private static Stream<String> texts() throws IOException {
        Stream.Builder<String> texts = Stream.builder();
        for (Path place : PLACES) {
            try (Stream<Path> files = Files.walk(place)) {
                files.filter(file -> file.toString().matches(".*\\.(md|txt)"))
                        .map(Yaml::text)
                        .forEach(texts);
            }
        }
        return texts.build();
    }
}
