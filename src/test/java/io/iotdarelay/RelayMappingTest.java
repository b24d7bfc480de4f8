package io.iotdarelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.iotdarelay.mapping.RouteCompiler.Compilation;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapping in a file of its own. */
class RelayMappingTest {

    private static final String ROUTE = """
            routes:
            - name: r
              topics: [t]
              to: properties
              device-id: key
              services:
              - id: S
                properties: { temp_c: /t, "[a.b]": { from: /s, map: { "x.y": 1 } } }
            """;

    @TempDir
    private Path directory;

    @Test
    void readsRoutes() throws IOException {
        assertThat(read(ROUTE))
                .asInstanceOf(type(Compilation.Compiled.class))
                .satisfies(compiled -> assertThat(compiled.routes().names()).containsExactly("r"));
    }

    @Test
    void tellsAllMistakesWithTheirLines() throws IOException {
        assertThat(problems(ROUTE.replace("/t,", "t,").replace("to: properties", "to: propertis") + "rotes: []\n"))
                .hasSize(3)
                .anySatisfy(
                        problem -> assertThat(problem).startsWith("relay.rotes").contains("did you mean 'routes'"))
                .anySatisfy(problem ->
                        assertThat(problem).startsWith("relay.routes[0].to:").contains("4:7"))
                .anySatisfy(problem -> assertThat(problem).contains("temp_c").contains("not a valid selector"));
    }

    @Test
    void refusesWhatIsNoMapping() throws IOException {
        assertThat(problems("routes: [")).singleElement().asString().contains("is not valid YAML");
        assertThat(problems("- a\n- b\n")).isNotEmpty();
        assertThat(problems("")).containsExactly("relay.routes: at least one route is required");
        assertThat(problems("just text")).isNotEmpty();
        assertThat(problems("a: &a [x]\nb: &b [*a,*a]\n".repeat(1))).isNotEmpty();
        assertThat(problems(ROUTE + "---\n" + ROUTE)).singleElement().asString().contains("several YAML documents");
        assertThat(problems("mapping: file:other.yaml\n" + ROUTE)).isNotEmpty();
        assertThat(problems(ROUTE.replace("[t]", "[dlt]")))
                .singleElement()
                .asString()
                .contains("the dead-letter topic");
    }

    @Test
    void aMissingFileIsAProblemAtTheStart() {
        RelayMapping mapping = new RelayMapping(directory.resolve("none.yaml"), Map.of());

        assertThat(mapping.readAtStart().compilation())
                .asInstanceOf(type(Compilation.Wrong.class))
                .satisfies(wrong ->
                        assertThat(wrong.problems()).singleElement().asString().contains("cannot be read"));
    }

    private List<String> problems(String yaml) throws IOException {
        return ((Compilation.Wrong) read(yaml))
                .problems().stream().map(SettingsProblem::toString).toList();
    }

    private Compilation read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("mapping.yaml"), yaml);
        return new RelayMapping(file, Map.of("dlt", "the dead-letter topic")).read();
    }
}
