package io.iotdarelay.mapping;

import org.jspecify.annotations.Nullable;

/** Parses the configured selectors. */
final class Selectors {

    /** Records a problem unless the condition holds. */
    @FunctionalInterface
    interface Check {
        void require(boolean holds, String path, String message);
    }

    private Selectors() {}

    /** Empty if there is no expression, or if it is invalid, which is recorded. */
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
