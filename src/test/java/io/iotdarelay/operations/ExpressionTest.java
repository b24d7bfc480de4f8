package io.iotdarelay.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.operations.Expression.Matching;
import io.iotdarelay.operations.Expression.Selection;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpressionTest {

    private static final Expression EXPRESSION = new Expression("""
            sum by (job, le) (rate(a_total{x="1", y=~"b|c"}[5m])) / on (job) group_left (z) max_over_time(d[6h:1m] offset 15m) > 0.5
              and time() - e > 1e3 or vector(0) unless f{} == bool 1
            """);

    @Test
    void findsWhatIsRead() {
        assertThat(EXPRESSION.selections())
                .containsExactly(
                        new Selection("a_total", List.of(new Matching("x", "1"), new Matching("y", "b|c"))),
                        new Selection("d", List.of()),
                        new Selection("e", List.of()),
                        new Selection("f", List.of()));
        assertThat(new Matching("y", "b|c").values()).containsExactly("b", "c");
    }

    @Test
    void findsWhatIsGroupedBy() {
        assertThat(EXPRESSION.groupings()).containsExactlyInAnyOrder("job", "le", "z");
    }
}
