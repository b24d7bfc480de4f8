package io.iotdarelay.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HandbookTest {

    private final Handbook handbook = new Handbook();

    @Test
    void linksBetweenPagesLeadSomewhere() throws IOException {
        Map<String, String> pages = pages();
        assertThat(pages).containsKeys("operations.md", "api.md", "configuration.md");
        pages.forEach((name, page) -> links(page)
                .filter(link -> !link.contains("://") && !link.startsWith("../"))
                .forEach(link -> {
                    String[] parts = link.split("#", 2);
                    String target = parts[0].isEmpty() ? name : parts[0];
                    assertThat(pages).as("%s: %s", name, link).containsKey(target);
                    if (parts.length > 1) {
                        assertThat(pages.get(target)).as("%s: %s", name, link).contains("id=\"" + parts[1] + "\"");
                    }
                }));
    }

    @Test
    void eachRunbookThatIsNamedExists() throws IOException {
        Map<String, String> pages = pages();
        Pattern page = Pattern.compile("docs/([a-z-]+\\.md)#([\\w-]+)");
        Pattern alert = Pattern.compile("RUNBOOKS#()([\\w-]+)|\"()(iotdarelay[a-z]+)\"");
        int found = 0;
        for (Path root : List.of(Path.of("src/main/java"), Path.of("src/main/resources/desk"), Path.of("helm"))) {
            try (Stream<Path> sources = Files.walk(root)) {
                for (Path source : sources.filter(path -> path.toString().matches(".*\\.(java|js|json|yaml|tpl)"))
                        .toList()) {
                    String text = Files.readString(source);
                    for (MatchResult named : Stream.concat(
                                    page.matcher(text).results(),
                                    alert.matcher(text).results())
                            .toList()) {
                        String name =
                                named.group(1) == null || named.group(1).isEmpty() ? "operations.md" : named.group(1);
                        String section = named.group(2) == null ? named.group(4) : named.group(2);
                        assertThat(pages).as("%s: %s", source, named.group()).containsKey(name);
                        assertThat(pages.get(name))
                                .as("%s: %s", source, named.group())
                                .contains("id=\"" + section + "\"");
                        found++;
                    }
                }
            }
        }
        assertThat(found).isGreaterThan(50);
    }

    @Test
    void whatIsInTheRepositoryOnlyIsLinkedThere() {
        assertThat(page("operations.md"))
                .doesNotContainPattern("href=\"(?!https?://)[^\"#]*/[^\"]*\\.(md|yaml)[\"#]")
                .doesNotContain("<script");
    }

    @Test
    void servesItsPagesAndNothingElse() {
        assertThat(handbook.at("/desk/docs/operations.md")).isPresent();
        for (String path : List.of(
                "/desk/docs/",
                "/desk/docs/none.md",
                "/desk/docs/../desk.css",
                "/desk/docs/openapi.yaml",
                "/desk/docs/a/b.md",
                "/x")) {
            assertThat(handbook.at(path)).as(path).isEmpty();
        }
    }

    private static Stream<String> links(String page) {
        return Pattern.compile("<main>.*", Pattern.DOTALL)
                .matcher(page)
                .results()
                .flatMap(body -> Pattern.compile("href=\"([^\"]*)\"")
                        .matcher(body.group())
                        .results())
                .map(link -> link.group(1));
    }

    private Map<String, String> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            return docs.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".md"))
                    .collect(Collectors.toMap(name -> name, this::page, (one, other) -> one, TreeMap::new));
        }
    }

    private String page(String name) {
        return new String(
                handbook.at("/desk/docs/" + name).orElseThrow(() -> new AssertionError(name)), StandardCharsets.UTF_8);
    }
}
