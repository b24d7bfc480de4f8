package io.iotdarelay.settings;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * A number, duration or size within inclusive bounds, which are written like values: {@code 0.5}, {@code 100ms},
 * {@code 64KB}. The documentation of keys and the chart's schema are generated from it.
 */
@Documented
@Constraint(validatedBy = {Between.OfNumbers.class, Between.OfDurations.class, Between.OfSizes.class})
@Target({ElementType.FIELD, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Between {

    String least();

    String most();

    String message() default "must be {least} to {most}";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Compares numbers. */
    final class OfNumbers extends Comparing<Number, BigDecimal> {

        public OfNumbers() {
            super(BigDecimal::new, value -> new BigDecimal(value.toString()));
        }
    }

    /** Compares durations. */
    final class OfDurations extends Comparing<Duration, Duration> {

        public OfDurations() {
            super(DurationStyle::detectAndParse, value -> value);
        }
    }

    /** Compares sizes. */
    final class OfSizes extends Comparing<DataSize, DataSize> {

        public OfSizes() {
            super(DataSize::parse, value -> value);
        }
    }
}
