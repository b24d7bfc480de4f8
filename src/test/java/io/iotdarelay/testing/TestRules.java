package io.iotdarelay.testing;

import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.mapping.ValueType;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes rules of values for tests. */
public final class TestRules {

    private TestRules() {}

    public static RuleProperties rule(
            @Nullable String from,
            @Nullable ValueType type,
            @Nullable BigDecimal scale,
            @Nullable BigDecimal offset,
            @Nullable Object value) {
        return new RuleProperties(
                from == null ? null : List.of(from),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                scale,
                offset,
                null,
                null,
                null,
                type,
                null,
                null,
                value,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** A selector, where there is one. */
    public static @Nullable RuleProperties selector(@Nullable String selector) {
        return selector == null ? null : RuleProperties.of(selector);
    }
}
