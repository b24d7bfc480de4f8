package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.iotdarelay.testing.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The chart, rendered by Helm. */
final class Chart {

    static final Path HOME = Path.of("helm/iotda-relay");

    static final String RELEASE = "relay";
    static final String NAMESPACE = "telemetry";

    private static final String KUBERNETES = "1.31.0";

    private final Path home;
    private final String release;

    private Chart(Path home, String release) {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "Helm is there for Linux on x86-64 only");
        this.home = home;
        this.release = release;
    }

    /** The chart as it is, with what Helm creates ahead of a release. */
    static Chart original() {
        return installedAs(RELEASE);
    }

    /** The same under another name. */
    static Chart installedAs(String release) {
        return new Chart(Complete.COPY, release);
    }

    /** Made once, when it is first needed. */
    private static final class Complete {

        static final Path COPY = make();

        private static Path make() {
            try {
                Path copy = Files.createTempDirectory("chart");
                complete(copy);
                try (Stream<Path> files = Files.walk(copy)) {
                    files.forEach(file -> file.toFile().deleteOnExit());
                }
                return copy;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A copy whose configuration and Secrets are objects like all others: Helm's library renders no hooks. */
    private static void complete(Path copy) {
        copyTo(copy);
        Path helpers = copy.resolve("templates/_helpers.tpl");
        String text = Yaml.text(helpers);
        assertThat(text).contains("helm.sh/hook: pre-");
        write(helpers, text.replace("helm.sh/hook: pre-", "example.org/hook: pre-"));
    }

    /**
     * A copy that also renders what Helm keeps back: the pod of {@code helm test} as any other object, and NOTES.txt as an
     * object of kind Notes.
     */
    static Chart withHooksAndNotes(Path copy) {
        complete(copy);
        Path templates = copy.resolve("templates");
        Path test = templates.resolve("tests/health.yaml");
        write(test, Yaml.text(test).replaceAll("\"helm.sh/hook\" \"test\"", "\"example.org/hook\" \"test\""));
        write(
                templates.resolve("_notes.tpl"),
                "{{- define \"notes\" -}}\n" + Yaml.text(templates.resolve("NOTES.txt")) + "{{- end }}\n");
        write(templates.resolve("notes.yaml"), """
                kind: Notes
                metadata: { name: notes }
                text: {{ include "notes" . | toJson }}
                """);
        return new Chart(copy, RELEASE);
    }

    /** Renders it with the values of a file, and more values in YAML that win over them. */
    Rendering render(Path values, String more) {
        return Rendering.of(template(values, more).call());
    }

    Rendering render(Path values) {
        return render(values, "");
    }

    /** Helm's error message. */
    String refusal(Path values, String more) {
        Throwable refusal = catchThrowable(() -> template(values, more).call());
        assertThat(refusal).as("refusal of " + more).isNotNull();
        return String.valueOf(refusal.getMessage());
    }

    private TemplateCommand template(Path values, String more) {
        TemplateCommand command = new Helm(home)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values);
        return more.isEmpty() ? command : command.withValuesFile(temporary(more));
    }

    /** Lints it with the values of a file. Helm's library lints with the chart's own values only, so a copy gets them. */
    static LintResult lint(Path values, Path copy) {
        copyTo(copy);
        ObjectNode merged = (ObjectNode) Yaml.tree(copy.resolve("values.yaml"));
        merge(merged, Yaml.tree(values));
        write(copy.resolve("values.yaml"), merged.toPrettyString());
        return new Helm(copy).lint().strict().call();
    }

    /** As Helm merges values: objects key by key, everything else as a whole, and null takes a key away. */
    private static void merge(ObjectNode values, JsonNode more) {
        more.properties().forEach(entry -> {
            JsonNode old = values.get(entry.getKey());
            if (entry.getValue().isNull()) {
                values.remove(entry.getKey());
            } else if (old instanceof ObjectNode object && entry.getValue().isObject()) {
                merge(object, entry.getValue());
            } else {
                values.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private static void copyTo(Path copy) {
        try (Stream<Path> files = Files.walk(HOME)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(HOME.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary(String text) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            file.toFile().deleteOnExit();
            Files.writeString(file, text, StandardCharsets.UTF_8);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
