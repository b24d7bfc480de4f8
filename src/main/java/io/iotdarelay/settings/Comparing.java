package io.iotdarelay.settings;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares values with the bounds of {@link Between}. Missing values are reported by other constraints. */
abstract class Comparing<T, C extends Comparable<C>> implements ConstraintValidator<Between, T> {

    private final Function<String, C> parser;
    private final Function<T, C> comparable;
    private @Nullable C least;
    private @Nullable C most;

    Comparing(Function<String, C> parser, Function<T, C> comparable) {
        this.parser = parser;
        this.comparable = comparable;
    }

    @Override
    public void initialize(Between bounds) {
        least = parser.apply(bounds.least());
        most = parser.apply(bounds.most());
    }

    @Override
    public boolean isValid(@Nullable T value, ConstraintValidatorContext context) {
        if (value == null) {
            return true;
        }
        C compared = comparable.apply(value);
        return compared.compareTo(Objects.requireNonNull(least)) >= 0
                && compared.compareTo(Objects.requireNonNull(most)) <= 0;
    }
}
