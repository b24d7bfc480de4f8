package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.model.ModelKeepers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;

/** What the endpoint and the health component say of product models. */
class ModelsEndpointTest {

    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    private final ModelKeeper keeper = ModelKeepers.ofPlatform(() -> NOW, "A", "B");
    private final ModelsEndpoint endpoint = new ModelsEndpoint(keeper);

    @Test
    void listsProductsInOrderWithoutTheirServices() {
        ModelKeepers.answer(keeper, "B", 10);
        ModelKeepers.answer(keeper, "B", 65_535);
        keeper.away("A", "no answer");

        Map<String, ModelsEndpoint.Shown> shown = endpoint.models();

        assertThat(shown.keySet()).containsExactly("A", "B");
        assertThat(shown.get("A"))
                .isEqualTo(new ModelsEndpoint.Shown("none", "unknown", null, "no answer", null, null, null, null));
        assertThat(shown.get("B"))
                .isEqualTo(new ModelsEndpoint.Shown(
                        "platform",
                        "current",
                        NOW,
                        null,
                        NOW,
                        List.of("changed S.p: range [0 to 10] to [0 to 65535]"),
                        null,
                        null));
    }

    @Test
    void showsOneProductWithItsEffectiveRangesAndWhatIsSuspicious() {
        ModelKeepers.answer(keeper, "B", 65_535);

        ModelsEndpoint.Shown shown = Objects.requireNonNull(endpoint.model("B"));

        assertThat(shown.services()).isEqualTo(Map.of("S", List.of("p int 0 to 65535")));
        assertThat(shown.warnings())
                .singleElement()
                .asString()
                .contains("0 to 65535")
                .doesNotContain("product B");
        assertThat(Objects.requireNonNull(endpoint.model("A")).services()).isEmpty();
        assertThat(endpoint.model("C")).isNull();
    }

    @Test
    void isDownBeforeItIsUnknownAndUpWhenAllAreThere() {
        assertThat(health().getStatus().getCode()).isEqualTo("UNKNOWN");

        keeper.refused("B", "it has no such product");
        assertThat(health().getStatus().getCode()).isEqualTo("DOWN");
        assertThat(health().getDetails().get("notCurrent"))
                .isEqualTo(Map.of("A", "unknown", "B", "refused: it has no such product"));

        ModelKeepers.answer(keeper, "A", 1);
        ModelKeepers.answer(keeper, "B", 1);
        assertThat(health().getStatus().getCode()).isEqualTo("UP");
        assertThat(health().getDetails()).doesNotContainKey("notCurrent");

        keeper.away("A", "no answer");
        assertThat(health().getStatus().getCode())
                .as("told by the component platform")
                .isEqualTo("UP");
        assertThat(health().getDetails().get("notCurrent")).isEqualTo(Map.of("A", "kept: no answer"));
    }

    private Health health() {
        return Objects.requireNonNull(new ModelsHealthIndicator(keeper).health());
    }
}
