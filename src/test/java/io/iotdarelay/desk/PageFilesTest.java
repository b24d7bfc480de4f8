package io.iotdarelay.desk;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RejectionReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class PageFilesTest {

    private static final Path SOURCES = Path.of("src/main/resources/desk");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");

    private final PageFiles files = new PageFiles("actuator");

    @Test
    void allFilesOfThePageAreServedAndNoOthers() throws IOException {
        try (Stream<Path> all = Files.list(SOURCES)) {
            List<Path> sources = all.filter(Files::isRegularFile).toList();
            assertThat(sources).hasSizeGreaterThan(10);
            for (Path source : sources) {
                String name = source.getFileName().toString();
                if (!name.equals("index.html")) {
                    assertThat(files.at("/desk/" + name))
                            .as(name)
                            .hasValueSatisfying(
                                    file -> assertThat(file.content()).isNotEmpty());
                }
            }
        }
        assertThat(files.at("/desk/uPlot.iife.min.js")).isPresent();
        assertThat(files.at("/desk/uPlot.min.css")).isPresent();
        assertThat(files.at("/desk/index.html")).isEmpty();
        assertThat(files.at("/desk/../application.yaml")).isEmpty();
        assertThat(files.at("/desk/")).isEmpty();
    }

    @Test
    void thePageKnowsWhereTheApiIs() {
        assertThat(text(new PageFiles("manage/\"&x"), "/")).contains("data-actuator=\"manage/&quot;&amp;x\"");
        assertThat(text(files, "/")).contains("data-actuator=\"actuator\"").doesNotContain("{actuator}");
    }

    @Test
    void whatIsChangedHasAnotherTag() {
        String one = files.at("/").orElseThrow().tag();
        assertThat(new PageFiles("actuator").at("/").orElseThrow().tag()).isEqualTo(one);
        assertThat(new PageFiles("other").at("/").orElseThrow().tag()).isNotEqualTo(one);
    }

    /** A strict policy forbids what is inline, and a closed network what is elsewhere. */
    @Test
    void nothingIsInlineOrElsewhere() throws IOException {
        String page = text(files, "/");
        assertThat(page).doesNotContainPattern("(?i)<style|\\sstyle=|\\son\\w+=|<script(?![^>]*\\ssrc=)");
        Matcher references = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(page);
        int found = 0;
        while (references.find()) {
            String path = "/" + references.group(1);
            assertThat(files.at(path).isPresent() || new Handbook().at(path).isPresent())
                    .as(path)
                    .isTrue();
            found++;
        }
        assertThat(found).isGreaterThan(3);
        for (Map.Entry<String, String> script : scripts().entrySet()) {
            assertThat(script.getValue())
                    .as(script.getKey())
                    .doesNotContain(
                            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
                    .doesNotContainPattern("https?://(?!www\\.w3\\.org/)");
        }
    }

    @Test
    void bothLanguagesSayTheSame() throws IOException {
        Map<String, String> english = bundle("en");
        Map<String, String> chinese = bundle("zh");
        assertThat(chinese).containsOnlyKeys(english.keySet());
        english.forEach((key, text) -> {
            String translated = chinese.getOrDefault(key, "");
            assertThat(text).as(key).isNotBlank();
            assertThat(translated).as(key).isNotBlank();
            assertThat(placeholders(translated)).as(key).isEqualTo(placeholders(text));
            if (translated.equals(text)) {
                assertThat(text).as(key + " is not translated").doesNotMatch(".*[a-z]{4,} [a-z]{2,}.*");
            }
        });
    }

    @Test
    void eachReasonCanBeSearchedForAndHasItsWords() throws IOException {
        String letters = Files.readString(SOURCES.resolve("letters.js"));
        for (RejectionReason reason : RejectionReason.values()) {
            assertThat(letters).contains("'" + reason.code() + "'");
            assertThat(bundle("en")).containsKey("reason." + reason.code());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "zh"})
    void eachTextThatIsAskedForExists(String language) throws IOException {
        Map<String, String> texts = bundle(language);
        TreeSet<String> asked = new TreeSet<>();
        TreeSet<String> prefixes = new TreeSet<>();
        for (String script : scripts().values()) {
            all("\\bt\\('([\\w.-]+)'", script).forEach(asked::add);
            all("\\btn\\('([\\w.-]+)'", script).forEach(key -> asked.addAll(List.of(key + ".one", key + ".other")));
            all("\\btx\\('([\\w.-]+)'", script).forEach(prefixes::add);
            all("\\bt\\(`([\\w.-]+)\\.\\$\\{", script).forEach(prefixes::add);
        }
        assertThat(asked).hasSizeGreaterThan(100);
        assertThat(texts.keySet()).containsAll(asked);
        assertThat(prefixes)
                .isNotEmpty()
                .allSatisfy(
                        prefix -> assertThat(texts.keySet()).as(prefix).anyMatch(key -> key.startsWith(prefix + ".")));
        // And none is left that nobody asks for
        String all = String.join("\n", scripts().values());
        assertThat(texts.keySet().stream()
                        .filter(key -> !asked.contains(key)
                                && !all.contains("'" + key + "'")
                                && prefixes.stream().noneMatch(prefix -> key.startsWith(prefix + "."))))
                .isEmpty();
    }

    private static Set<String> placeholders(String text) {
        return new TreeSet<>(all(PLACEHOLDER.pattern(), text));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(each -> each.group(1))
                .toList();
    }

    private static Map<String, String> bundle(String language) throws IOException {
        return JsonMapper.shared()
                .readValue(Files.readString(SOURCES.resolve(language + ".json")), new TypeReference<>() {});
    }

    private static Map<String, String> scripts() throws IOException {
        Map<String, String> scripts = new TreeMap<>();
        try (Stream<Path> all = Files.list(SOURCES)) {
            for (Path each : all.filter(path -> path.toString().endsWith(".js")).toList()) {
                scripts.put(each.getFileName().toString(), Files.readString(each));
            }
        }
        return scripts;
    }

    private static String text(PageFiles files, String path) {
        return new String(files.at(path).orElseThrow().content(), StandardCharsets.UTF_8);
    }
}
