package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingFileTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    @TempDir
    private Path directory;

    private Path file;
    private RoutesInForce routes;
    private MappingFile mapping;
    private int reads;
    private RouteCompiler.@Nullable Compilation next;
    private List<SettingsProblem> unfit = List.of();
    private int adopted;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(directory.resolve("mapping.yaml"), "a");
        next = compiled("first");
        routes = new RoutesInForce(((RouteCompiler.Compilation.Compiled) next).routes());
        mapping = new MappingFile(
                file,
                () -> {
                    reads++;
                    Files.size(file);
                    return Objects.requireNonNull(next);
                },
                routes -> new MappingFile.Prepared(unfit, () -> adopted++),
                routes,
                () -> NOW);
        mapping.refresh();
        mapping.refresh();
        routes.adopt();
        reads = 0;
        adopted = 0;
    }

    @Test
    void tellsOthersWhenItIsAdopted() throws IOException {
        next = compiled("second");
        change("bb");

        assertThat(adopted).isZero();
        assertThat(routes.adopt()).isTrue();
        assertThat(adopted).isEqualTo(1);
    }

    @Test
    void refusesWhatDoesNotFitTheRest() throws IOException {
        unfit = List.of(new SettingsProblem("relay.registry.url", "is required"));
        next = compiled("second");
        change("bb");

        assertThat(mapping.status().problems()).containsExactly("relay.registry.url: is required");
        assertThat(routes.adopt()).isFalse();
        assertThat(adopted).isZero();

        // What it has to fit may change, too.
        unfit = List.of();
        mapping.refresh();

        assertThat(mapping.status().problems()).isEmpty();
        assertThat(routes.adopt()).isTrue();
        assertThat(routes.current().names()).containsExactly("second");
    }

    @Test
    void readsWhatHasChangedOnceItIsStill() throws IOException {
        next = compiled("second");
        Files.writeString(file, "bb");

        mapping.refresh();
        assertThat(reads).isZero();
        mapping.refresh();
        assertThat(reads).isEqualTo(1);
        mapping.refresh();
        assertThat(reads).isEqualTo(1);

        assertThat(routes.current().names()).containsExactly("first");
        assertThat(routes.areOthersRead()).isTrue();
        assertThat(routes.adoptForSameTopics()).isFalse();
        assertThat(routes.adopt()).isTrue();
        assertThat(routes.adopt()).isFalse();
        assertThat(routes.current().names()).containsExactly("second");
    }

    @Test
    void refusesWhatIsWrong() throws IOException {
        next = new RouteCompiler.Compilation.Wrong(List.of(new SettingsProblem("relay.routes[0].to", "is wrong")));
        change("bb");

        assertThat(mapping.status().problems()).containsExactly("relay.routes[0].to: is wrong");
        MappingStatus refused = mapping.status();
        assertThat(refused.read()).isEqualTo(Optional.of(NOW));
        change("bbb");
        assertThat(mapping.status()).isSameAs(refused);
        assertThat(routes.adopt()).isFalse();

        next = compiled("first");
        change("ccc");
        assertThat(mapping.status().problems()).isEmpty();
        assertThat(routes.adoptForSameTopics()).isTrue();
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws IOException {
        Files.delete(file);
        mapping.refresh();

        assertThat(mapping.status().problems()).singleElement().asString().contains("cannot be read");
        assertThat(routes.adopt()).isFalse();

        change("a");
        assertThat(mapping.status().problems()).isEmpty();
    }

    @Test
    void whateverReadingThrowsIsAProblem() throws IOException {
        next = null;
        change("bb");

        assertThat(mapping.status().problems())
                .singleElement()
                .asString()
                .contains("cannot be read: NullPointerException");
    }

    @Test
    void theLatestOfferCounts() {
        routes.offer(((RouteCompiler.Compilation.Compiled) compiled("second")).routes(), () -> {});
        routes.offer(((RouteCompiler.Compilation.Compiled) compiled("first")).routes(), () -> {});

        assertThat(routes.areOthersRead()).isFalse();
        assertThat(routes.adoptForSameTopics()).isTrue();
        assertThat(routes.current().names()).containsExactly("first");
    }

    private void change(String content) throws IOException {
        Files.writeString(file, content);
        mapping.refresh();
        mapping.refresh();
    }

    private static RouteCompiler.Compilation compiled(String name) {
        return RouteCompiler.compile(List.of(RouteYaml.named(name)), Map.of());
    }
}
