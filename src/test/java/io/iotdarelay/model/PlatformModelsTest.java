package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.model.ModelsProperties.ProductProperties;
import io.iotdarelay.model.ProductStatus.Source;
import io.iotdarelay.model.ProductStatus.State;
import io.iotdarelay.telemetry.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;

/** Models that the platform has: which of them is in force, and what is said of the others. */
class PlatformModelsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String INT = "{\"property_name\":\"p\",\"data_type\":\"int\",\"min\":\"0\",\"max\":\"10\"}";
    private static final String WIDER = "{\"property_name\":\"p\",\"data_type\":\"int\",\"min\":\"0\",\"max\":\"20\"}";
    private static final String OTHER =
            "{\"property_name\":\"q\",\"data_type\":\"int\",\"min\":\"0\",\"max\":\"65535\"}";

    @TempDir
    private Path directory;

    private final List<String> counted = new ArrayList<>();
    private ModelKeeper keeper = keeper(Map.of("A", platform(null), "B", platform(null)), route("A", "p"));

    @Test
    void checksNothingUntilThePlatformHasAnswered() {
        // When
        keeper.away("A", "no answer");

        // Then
        assertThat(checked(11)).isTrue();
        assertThat(counted).containsExactly("no-model warned");
        assertThat(status("A")).isEqualTo(status("A", Source.NONE, State.UNKNOWN, null, "no answer"));
        assertThat(status("B")).isEqualTo(status("B", Source.NONE, State.UNKNOWN, null, null));

        // When
        fetched("A", INT);

        // Then
        assertThat(checked(11)).isFalse();
        assertThat(checked(10)).isTrue();
        assertThat(status("A")).isEqualTo(status("A", Source.PLATFORM, State.CURRENT, NOW, null));
        assertThat(status("B").state()).isEqualTo(State.UNKNOWN);
        assertThat(keeper.changes()).isZero();
    }

    @Test
    void keepsTheLastModelWhileThePlatformIsAway() {
        fetched("A", INT);

        keeper.away("A", "no answer");

        assertThat(checked(11)).isFalse();
        assertThat(status("A")).isEqualTo(status("A", Source.PLATFORM, State.KEPT, NOW, "no answer"));
        fetched("A", INT);
        assertThat(status("A").state()).isEqualTo(State.CURRENT);
        assertThat(keeper.changes()).isZero();
    }

    @Test
    void usesAnotherModelAndSaysOnceWhatHasChanged() {
        fetched("A", INT);

        fetched("A", WIDER);
        fetched("A", WIDER);

        assertThat(checked(11)).isTrue();
        assertThat(keeper.changes()).isOne();
        assertThat(status("A").change())
                .contains(new ProductStatus.Change(NOW, List.of("changed S.p: range [0 to 10] to [0 to 20]")));

        // When: it flaps
        fetched("A", INT);
        fetched("A", WIDER);

        // Then
        assertThat(keeper.changes()).isEqualTo(3);
    }

    @Test
    void keepsTheFormerModelWhereTheRoutesDoNotFitTheNewOne() {
        // Given
        fetched("A", INT);

        // When
        fetched("A", OTHER);
        fetched("B", OTHER);

        // Then
        assertThat(checked(11)).isFalse();
        assertThat(status("A").source()).isEqualTo(Source.PLATFORM);
        assertThat(status("A").state()).isEqualTo(State.REFUSED);
        assertThat(status("A").reason())
                .hasValueSatisfying(
                        why -> assertThat(why)
                                .startsWith(
                                        "the routes do not fit the model that it has now: relay.routes[0].p: 'p' is not a property"));
        assertThat(status("B").state()).isEqualTo(State.CURRENT);
        assertThat(keeper.changes()).isZero();

        // When: an outage follows
        keeper.away("A", "no answer");

        // Then
        assertThat(status("A").state()).isEqualTo(State.REFUSED);

        // When
        fetched("A", WIDER);

        // Then
        assertThat(checked(11)).isTrue();
        assertThat(status("A").state()).isEqualTo(State.CURRENT);
        assertThat(keeper.changes()).isOne();
    }

    @Test
    void usesNoFirstModelThatTheRoutesDoNotFit() {
        fetched("A", OTHER);

        assertThat(checked(11)).isTrue();
        assertThat(status("A").source()).isEqualTo(Source.NONE);
        assertThat(status("A").state()).isEqualTo(State.REFUSED);
    }

    @Test
    void usesTheNewModelTogetherWithRoutesThatFitIt() {
        // Given
        fetched("A", INT);
        fetched("A", OTHER);

        // When
        ModelCompiler.Compilation fitting = keeper.prepare(List.of(route("A", "q")));

        // Then
        assertThat(fitting)
                .isInstanceOfSatisfying(ModelCompiler.Compilation.Compiled.class, it -> keeper.adopt(it.models()));
        keeper.refresh();
        assertThat(status("A").state()).isEqualTo(State.CURRENT);
        assertThat(status("A").change().orElseThrow().what())
                .containsExactly("removed S.p", "added S.q int 0 to 65535");
        assertThat(keeper.warnings()).singleElement().asString().contains("product A: S.q", "0 to 65535");

        // When: routes that fit neither
        ModelCompiler.Compilation wrong = keeper.prepare(List.of(route("A", "r")));

        // Then
        assertThat(wrong)
                .isInstanceOfSatisfying(
                        ModelCompiler.Compilation.Wrong.class,
                        it -> assertThat(it.problems())
                                .singleElement()
                                .asString()
                                .contains("'r' is not a property"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|/service_capabilities: expected one service or more",
                "{'service_capabilities':[]}|/service_capabilities: expected one service or more",
                "{'product_id':'B','service_capabilities':[{'service_id':'S'}]}|/product_id: is that of another product",
                "{'service_capabilities':[{'service_id':'S','properties':[{'property_name':'p','data_type':'itn'}]}]}"
                        + "|/service_capabilities/0/properties/0/data_type: unknown data_type 'itn'",
                "[]|expected a JSON object",
                "{|is not valid JSON: line 1, column 2"
            })
    void keepsTheFormerModelWhereTheNewOneIsWrong(String json, String why) {
        fetched("A", INT);

        keeper.fetched("A", json(json.replace('\'', '"')));
        keeper.settle();

        assertThat(checked(11)).isFalse();
        assertThat(status("A").state()).isEqualTo(State.REFUSED);
        assertThat(status("A").reason())
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("its model is invalid: " + why));
        assertThat(status("A").answered()).contains(NOW);
        fetched("A", INT);
        assertThat(status("A").state()).isEqualTo(State.CURRENT);
    }

    @Test
    void keepsTheFormerModelOfAProductThatIsGone() {
        fetched("A", INT);

        keeper.refused("A", "it has no such product: HTTP 404 " + "x".repeat(5000));

        assertThat(checked(11)).isFalse();
        assertThat(status("A").state()).isEqualTo(State.REFUSED);
        assertThat(status("A").reason().orElseThrow()).hasSizeLessThan(1100);
    }

    @Test
    void takesALargeModel() {
        String properties = IntStream.range(0, 499)
                .mapToObj(i -> "{\"property_name\":\"p" + i + "\",\"data_type\":\"string\",\"unit\":\""
                        + "u".repeat(900) + "\"}")
                .collect(Collectors.joining(","));

        fetched("A", INT + "," + properties);

        assertThat(status("A").state()).isEqualTo(State.CURRENT);
        assertThat(keeper.outline("A").orElseThrow().services().getFirst().properties())
                .hasSize(500);
    }

    @Test
    void usesTheFileUntilThePlatformHasAnswered() {
        // Given
        Path file = SmallModels.write(directory, SmallModels.property(INT));
        keeper = keeper(Map.of("A", platform("file:" + file)), route("A", "p"));
        assertThat(checked(11)).isFalse();
        assertThat(status("A")).isEqualTo(status("A", Source.FILE, State.KEPT, null, null));

        // When: the first model does not fit the routes
        fetched("A", OTHER);

        // Then
        assertThat(checked(11)).isFalse();
        assertThat(status("A").source()).isEqualTo(Source.FILE);
        assertThat(status("A").state()).isEqualTo(State.REFUSED);

        // When
        fetched("A", WIDER);

        // Then
        assertThat(checked(11)).isTrue();
        assertThat(status("A").source()).isEqualTo(Source.PLATFORM);

        // When: the file changes, which does not matter any more
        SmallModels.write(directory, SmallModels.property(OTHER));
        keeper.refresh();
        keeper.refresh();

        // Then
        assertThat(checked(11)).isTrue();
        assertThat(checked(21)).isFalse();
    }

    @Test
    void startsWithoutAFileThatTheRoutesDoNotFit() {
        Path file = SmallModels.write(directory, SmallModels.property(OTHER));

        keeper = keeper(Map.of("A", platform("file:" + file)), route("A", "p"));

        assertThat(checked(11)).isTrue();
        assertThat(status("A").state()).isEqualTo(State.UNKNOWN);
        assertThat(keeper.warnings())
                .singleElement()
                .asString()
                .startsWith("product A: the file is not used until the platform has answered: relay.routes[0].p");
    }

    @Test
    void judgesRoutesWithoutAProductWhenAllModelsAreKnown() {
        keeper = keeper(Map.of("A", platform(null), "B", platform(null)), route(null, "q"));

        fetched("A", INT);
        assertThat(keeper.warnings()).isEmpty();
        fetched("B", INT);

        assertThat(keeper.warnings()).isNotEmpty().allMatch(line -> line.contains("relay.routes[0].p"));
    }

    @Test
    void compilesOnceWhatIsAnsweredTogether() {
        // Given: the first, which takes effect at once
        keeper = keeper(Map.of("A", platform(null), "B", platform(null), "C", platform(null)), route("A", "p"));
        keeper.fetched("A", json(SmallModels.property(INT)));
        LoadedModels first = keeper.get();
        assertThat(first.products()).containsExactly("A");

        // When: others follow within a second
        keeper.fetched("B", json(SmallModels.property(OTHER)));
        keeper.fetched("C", json(SmallModels.property(INT)));
        assertThat(keeper.get()).isSameAs(first);
        assertThat(status("B").state()).isEqualTo(State.UNKNOWN);
        keeper.settle();

        // Then
        LoadedModels second = keeper.get();
        assertThat(second.products()).containsExactlyInAnyOrder("A", "B", "C");
        assertThat(keeper.ofPlatform()).hasSize(3).allMatch(status -> status.state() == State.CURRENT);

        // When: the same again
        fetched("C", INT);

        // Then
        assertThat(keeper.get()).as("nothing to compile").isSameAs(second);
    }

    @Test
    void takesAnAnswerBeforeTheOneThatFollowsIt() {
        keeper.fetched("B", json(SmallModels.property(INT)));
        keeper.fetched("A", json(SmallModels.property(INT)));

        keeper.away("A", "no answer");

        assertThat(status("A")).isEqualTo(status("A", Source.PLATFORM, State.KEPT, NOW, "no answer"));
        keeper.settle();
        assertThat(status("A").state()).isEqualTo(State.KEPT);
    }

    @Test
    void keepsTheFormerModelWhereTheNewOneBreaksARouteWithoutAProduct() {
        // Given: one that has all that the route sends
        keeper = keeper(Map.of("A", platform(null), "B", platform(null)), route(null, "p"));
        fetched("A", INT);

        // When
        fetched("A", OTHER);

        // Then
        assertThat(status("A").state()).isEqualTo(State.REFUSED);
        assertThat(status("A").reason().orElseThrow())
                .startsWith(
                        "the routes do not fit the model that it has now: relay.routes[0].p: 'p' is not a property");
        assertThat(keeper.outline("A").orElseThrow().services().getFirst().properties())
                .singleElement()
                .hasFieldOrPropertyWithValue("name", "p");

        // When: what it sends is there again
        fetched("A", WIDER);
        assertThat(status("A").state()).isEqualTo(State.CURRENT);

        // When: one that never had what the route sends, whose devices are those of others
        fetched("B", OTHER);
        fetched("B", OTHER.replace("65535", "9"));

        // Then
        assertThat(status("B").state()).isEqualTo(State.CURRENT);
        assertThat(keeper.changes()).isEqualTo(2);
    }

    @Test
    void keepsTheFileWhereTheFirstModelBreaksARouteWithoutAProduct() {
        Path file = SmallModels.write(directory, SmallModels.property(INT));
        keeper = keeper(Map.of("A", platform("file:" + file)), route(null, "p"));

        fetched("A", OTHER);

        assertThat(status("A").source()).isEqualTo(Source.FILE);
        assertThat(status("A").state()).isEqualTo(State.REFUSED);
    }

    @Test
    void letsRoutesThatNameTheProductDecideBetweenTwoModels() {
        // Given
        fetched("A", INT);

        // When: the route that names it follows the new model, and another one still sends what the former had
        fetched("A", OTHER);
        ModelCompiler.Compilation both = keeper.prepare(List.of(route("A", "q"), route(null, "p")));

        // Then
        assertThat(both)
                .isInstanceOfSatisfying(ModelCompiler.Compilation.Compiled.class, it -> keeper.adopt(it.models()));
        assertThat(status("A").state()).isEqualTo(State.CURRENT);
    }

    private void fetched(String product, String properties) {
        keeper.fetched(product, json(SmallModels.property(properties)));
        keeper.settle();
    }

    private static Json json(String json) {
        return new Json(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a report of this value is sent. */
    private boolean checked(int value) {
        ArrayNode services = SmallModels.services("S", "{\"p\":" + value + "}");
        return new ModelCheck(keeper, device -> null, (route, rule, action, times) -> counted.add(rule + " " + action))
                        .check(new io.iotdarelay.telemetry.DeviceId("d"), "r", services)
                instanceof ModelCheck.Checked.Fits;
    }

    private ProductStatus status(String product) {
        return keeper.products().stream()
                .filter(each -> each.product().equals(product))
                .findFirst()
                .orElseThrow();
    }

    private static ProductStatus status(
            String product, Source source, State state, @Nullable Instant answered, @Nullable String reason) {
        return new ProductStatus(
                product, source, state, Optional.ofNullable(answered), Optional.ofNullable(reason), Optional.empty());
    }

    private static ProductProperties platform(@Nullable String file) {
        return new ProductProperties(file, true);
    }

    private static RouteShape route(@Nullable String product, String property) {
        return new RouteShape(
                "relay.routes[0]",
                "r",
                product,
                null,
                List.of(new RouteShape.OfService(
                        "relay.routes[0].services[0]",
                        "S",
                        false,
                        Map.of(property, new RouteShape.OfProperty("relay.routes[0].p", null, List.of())))));
    }

    private static ModelKeeper keeper(Map<String, ProductProperties> products, RouteShape route) {
        return new ModelKeeper(
                ((ModelCompiler.Compilation.Compiled) ModelCompiler.compile(
                                ModelsProperties.of(Validation.REJECT, new LinkedHashMap<>(products), List.of()),
                                List.of(route)))
                        .models(),
                () -> NOW);
    }
}
