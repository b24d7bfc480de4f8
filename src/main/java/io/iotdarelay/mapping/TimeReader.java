package io.iotdarelay.mapping;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** Reads a time. {@link TimeRule} decides whether it is plausible. */
sealed interface TimeReader {

    Result<Instant> read(JsonNode node);

    /** A number since 1970 by its magnitude, or text in one of the usual formats. */
    record Guessing(TimeText text) implements TimeReader {
        @Override
        public Result<Instant> read(JsonNode node) {
            if (node.isNumber()) {
                return Scalars.decimal(node).then(number -> Epoch.guess(number).instant(number));
            }
            return node.isString()
                    ? text.read(node.asString().strip())
                    : Result.failed("expected a time, got " + Scalars.kind(node));
        }
    }

    /** A number in the unit that the route names. */
    record Counted(Epoch unit) implements TimeReader {
        @Override
        public Result<Instant> read(JsonNode node) {
            return Scalars.decimal(node).then(unit::instant);
        }
    }

    /** Text, or a number's digits, in the format that the route names. */
    record Formatted(TimeFormat format) implements TimeReader {
        @Override
        public Result<Instant> read(JsonNode node) {
            return Scalars.text(node).then(text -> {
                try {
                    return Result.found(format.parse(text.strip()));
                } catch (DateTimeException e) {
                    return Result.failed("the text is not a time in the format " + format.pattern());
                }
            });
        }
    }

    /** Numbers since 1970. */
    enum Epoch {
        SECONDS(9),
        MILLISECONDS(6),
        MICROSECONDS(3),
        NANOSECONDS(0);

        private static final BigDecimal FIRST_MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);
        private static final BigDecimal FIRST_MICROSECONDS = BigDecimal.valueOf(100_000_000_000_000L);
        private static final BigDecimal FIRST_NANOSECONDS = BigDecimal.valueOf(100_000_000_000_000_000L);
        private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);
        private static final BigDecimal END = BigDecimal.valueOf(EventTime.LATEST.getEpochSecond() + 1);

        private final int digitsToNanos;

        Epoch(int digitsToNanos) {
            this.digitsToNanos = digitsToNanos;
        }

        /** Units that differ by a factor of 1000 cannot be mistaken for each other between 1973 and 5138. */
        static Epoch guess(BigDecimal number) {
            if (number.compareTo(FIRST_MILLISECONDS) < 0) {
                return SECONDS;
            }
            if (number.compareTo(FIRST_MICROSECONDS) < 0) {
                return MILLISECONDS;
            }
            return number.compareTo(FIRST_NANOSECONDS) < 0 ? MICROSECONDS : NANOSECONDS;
        }

        Result<Instant> instant(BigDecimal number) {
            BigDecimal seconds = number.movePointRight(digitsToNanos - 9);
            if (seconds.signum() < 0 || seconds.compareTo(END) >= 0) {
                return Result.failed("the time is out of range");
            }
            BigDecimal[] parts = seconds.divideAndRemainder(BigDecimal.ONE);
            return Result.found(Instant.ofEpochSecond(
                    parts[0].longValueExact(),
                    parts[1].multiply(NANOS_PER_SECOND).longValue()));
        }
    }
}
