package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docs/commands.md} shows what the verbs print. */
class ClientDocumentationTest {

    private static final String PAGE = Yaml.text(Path.of("docs/commands.md"));

    @ParameterizedTest
    @CsvSource({
        "status, GET /actuator/relay",
        "explain meter-1, GET /actuator/devices/meter-1",
        "deadletters redrive --dry-run, POST /actuator/deadletters/redrive"
    })
    void showsWhatIsPrinted(String line, String asked) {
        try (StubRelay relay = new StubRelay()) {
            relay.on(
                    asked,
                    200,
                    switch (line) {
                        case "status" -> StatusCommandTest.STUCK;
                        case "explain meter-1" -> VerbsAskTheApiTest.EXPLAINED;
                        default -> RedriveCommandTest.TRIED;
                    });

            ClientRun run = ClientRun.of((line + " --url " + relay.url()).split(" "));

            assertThat(PAGE).contains("```\n" + run.out() + "```\n");
        }
    }

    /** The commands that the runbook names are understood, and ask for something. */
    @Test
    void theRunbookNamesCommandsThatExist() {
        List<String> lines = Pattern.compile("`cli ([^`]+)`")
                .matcher(Yaml.text(Path.of("docs/operations.md")))
                .results()
                .map(named -> named.group(1))
                .distinct()
                .toList();
        assertThat(lines).hasSizeGreaterThan(5).allSatisfy(line -> {
            try (StubRelay relay = new StubRelay()) {
                ClientRun run = ClientRun.of((line + " --url " + relay.url()).split(" "));

                assertThat(run.exitCode()).as(line + ": " + run.err()).isNotEqualTo(ExitCode.USAGE);
                assertThat(relay.asked()).as(line).isNotEmpty();
            }
        });
    }
}
