package io.iotdarelay.pauses;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an operator pauses. */
public sealed interface PauseTarget {

    /** All partitions of all routes. */
    record Everything() implements PauseTarget {
        @Override
        public String code() {
            return "all";
        }

        @Override
        public String describe() {
            return "everything";
        }
    }

    /** All partitions of all topics that a route reads. */
    record OfRoute(String route) implements PauseTarget {
        @Override
        public String code() {
            return ROUTE + route;
        }

        @Override
        public String describe() {
            return "route " + route;
        }
    }

    /** One partition. */
    record OfPartition(String topic, int partition) implements PauseTarget {
        @Override
        public String code() {
            return PARTITION + name();
        }

        @Override
        public String describe() {
            return "partition " + name();
        }

        /** The topic, a dash, and the number. */
        public String name() {
            return topic + "-" + partition;
        }

        /** The partition of this name, if it is one. */
        public static Optional<OfPartition> named(String name) {
            Matcher matcher = NAME.matcher(name);
            return matcher.matches()
                    ? Optional.of(new OfPartition(matcher.group(1), Integer.parseInt(matcher.group(2))))
                    : Optional.empty();
        }
    }

    String ROUTE = "route/";

    String PARTITION = "partition/";

    /** As Kafka names topics; a number without leading zeros. */
    Pattern NAME = Pattern.compile("([a-zA-Z0-9._-]{1,249})-(0|[1-9][0-9]{0,8})");

    /** How it is written in the key of a record. */
    String code();

    /** How it is told to people. */
    String describe();

    /** What {@link #code()} stands for, if it is one. */
    static Optional<PauseTarget> of(String code) {
        if (code.equals("all")) {
            return Optional.of(new Everything());
        }
        if (code.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        if (code.startsWith(ROUTE) && code.length() > ROUTE.length()) {
            return Optional.of(new OfRoute(code.substring(ROUTE.length())));
        }
        return code.startsWith(PARTITION)
                ? OfPartition.named(code.substring(PARTITION.length())).map(named -> named)
                : Optional.empty();
    }
}
