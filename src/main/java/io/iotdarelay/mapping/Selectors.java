package io.iotdarelay.mapping;

import org.jspecify.annotations.Nullable;

/** Parses the configured selectors. */
final class Selectors {

    /** Notes a problem unless the condition holds. */
    @FunctionalInterface
    interface Check {
        void require(boolean holds, String path, String message);
    }

    private Selectors() {}

    /** Nothing where there is no expression, and where it is wrong, which is noted. */
    static @Nullable Selector parse(String path, @Nullable String expression, Check check) {
        if (expression == null) {
            return null;
        }
        try {
            return Selector.parse(expression);
        } catch (IllegalArgumentException e) {
            check.require(false, path, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
