package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.model.ModelsProperties.ProductProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model files that change while the relay runs. */
class ModelKeeperTest {

    private static final String SHORT = SmallModels.property("{\"property_name\":\"p\",\"data_type\":\"int\"}");
    private static final String LONG =
            SmallModels.property("{\"property_name\":\"p\",\"data_type\":\"long\",\"unit\":\"V\"}");

    private static final RouteShape ROUTE = new RouteShape("relay.routes[0]", "r", "product-1", null, List.of());

    @TempDir
    private Path directory;

    private ModelKeeper keeper;

    @BeforeEach
    void load() {
        Path file = SmallModels.write(directory, SHORT);
        ModelsProperties properties = ModelsProperties.of(
                Validation.REJECT, Map.of("product-1", ProductProperties.of("file:" + file)), List.of());
        keeper = new ModelKeeper(
                ((ModelCompiler.Compilation.Compiled) ModelCompiler.compile(properties, List.of())).models(),
                java.time.Instant::now);
    }

    @Test
    void readsAChangedFileWhenItHasComeToRest() {
        // When
        SmallModels.write(directory, LONG);
        keeper.refresh();

        // Then
        assertThat(type()).isEqualTo(DataType.INT);
        keeper.refresh();
        assertThat(type()).isEqualTo(DataType.LONG);
        assertThat(keeper.trouble()).isEmpty();
    }

    @Test
    void keepsTheFormerModelsWhereAFileIsWrong() throws IOException {
        // When
        SmallModels.write(directory, "{ no JSON");
        keeper.refresh();
        keeper.refresh();

        // Then
        assertThat(type()).isEqualTo(DataType.INT);
        assertThat(keeper.trouble())
                .hasValueSatisfying(why -> assertThat(why)
                        .isEqualTo("relay.models.products.product-1.file: " + directory.resolve("model.json")
                                + ": is not valid JSON: line 1, column 3"));

        // When
        Files.delete(directory.resolve("model.json"));
        keeper.refresh();
        keeper.refresh();

        // Then
        assertThat(keeper.trouble()).hasValueSatisfying(why -> assertThat(why).contains("does not exist"));

        // When
        SmallModels.write(directory, LONG);
        keeper.refresh();
        keeper.refresh();

        // Then
        assertThat(type()).isEqualTo(DataType.LONG);
        assertThat(keeper.trouble()).isEmpty();
    }

    @Test
    void keepsTheModelsThatAreWhereNothingChanges() {
        LoadedModels before = keeper.get();

        keeper.refresh();
        keeper.refresh();

        assertThat(keeper.get()).isSameAs(before);
    }

    @Test
    void readsFilesAgainForOtherRoutes() {
        // Given: a file changes between the preparation for other routes and their adoption
        LoadedModels before = keeper.get();
        assertThat(prepared(List.of())).isSameAs(before);
        LoadedModels others = prepared(List.of(ROUTE));
        SmallModels.write(directory, LONG);
        keeper.refresh();
        keeper.refresh();

        // When
        keeper.adopt(others);

        // Then
        assertThat(keeper.get()).isSameAs(others);
        keeper.refresh();
        assertThat(type()).isEqualTo(DataType.LONG);
        assertThat(keeper.get().models().routes()).containsOnlyKeys("r");
    }

    @Test
    void findsRoutesThatDoNotFit() {
        RouteShape unknown = new RouteShape("relay.routes[0]", "r", "product-2", null, List.of());

        assertThat(keeper.prepare(List.of(unknown)))
                .isInstanceOfSatisfying(
                        ModelCompiler.Compilation.Wrong.class,
                        wrong -> assertThat(wrong.problems())
                                .singleElement()
                                .asString()
                                .contains("product-2"));
    }

    private LoadedModels prepared(List<RouteShape> routes) {
        return ((ModelCompiler.Compilation.Compiled) keeper.prepare(routes)).models();
    }

    private DataType type() {
        return Objects.requireNonNull(Objects.requireNonNull(Objects.requireNonNull(
                                        keeper.get().models().products().get("product-1"))
                                .services()
                                .get("S"))
                        .properties()
                        .get("p"))
                .type();
    }
}
