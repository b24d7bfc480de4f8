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
            if (node.isInt() || node.isLong()) {
                long number = node.longValue();
                return Epoch.guess(number).instant(number);
            }
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
            return node.isInt() || node.isLong()
                    ? unit.instant(node.longValue())
                    : Scalars.decimal(node).then(unit::instant);
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

        private static final long FIRST_MILLISECONDS = 100_000_000_000L;
        private static final long FIRST_MICROSECONDS = 100_000_000_000_000L;
        private static final long FIRST_NANOSECONDS = 100_000_000_000_000_000L;
        private static final long NANOS_PER_SECOND = 1_000_000_000L;
        private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
        private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
        private static final Result<Instant> OUT_OF_RANGE = Result.failed("the time is out of range");
        private static final long END = EventTime.LATEST.getEpochSecond() + 1;

        private final int digitsToNanos;
        private final long nanos;

        Epoch(int digitsToNanos) {
            this.digitsToNanos = digitsToNanos;
            this.nanos = BigDecimal.TEN.pow(digitsToNanos).longValueExact();
        }

        /** Units that differ by a factor of 1000 cannot be mistaken for each other between 1973 and 5138. */
        static Epoch guess(BigDecimal number) {
            return guess(number.min(MOST).max(LEAST).longValue());
        }

        static Epoch guess(long number) {
            if (number < FIRST_MILLISECONDS) {
                return SECONDS;
            }
            if (number < FIRST_MICROSECONDS) {
                return MILLISECONDS;
            }
            return number < FIRST_NANOSECONDS ? MICROSECONDS : NANOSECONDS;
        }

        Result<Instant> instant(BigDecimal number) {
            BigDecimal seconds = number.movePointRight(digitsToNanos - 9);
            if (seconds.signum() < 0 || seconds.compareTo(BigDecimal.valueOf(END)) >= 0) {
                return OUT_OF_RANGE;
            }
            BigDecimal[] parts = seconds.divideAndRemainder(BigDecimal.ONE);
            return Result.found(Instant.ofEpochSecond(
                    parts[0].longValueExact(),
                    parts[1].multiply(BigDecimal.valueOf(NANOS_PER_SECOND)).longValue()));
        }

        /** The same for most numbers, at a fifth of the cost. */
        Result<Instant> instant(long number) {
            long unitsPerSecond = NANOS_PER_SECOND / nanos;
            long seconds = number / unitsPerSecond;
            return number < 0 || seconds >= END
                    ? OUT_OF_RANGE
                    : Result.found(Instant.ofEpochSecond(seconds, number % unitsPerSecond * nanos));
        }
    }
}
