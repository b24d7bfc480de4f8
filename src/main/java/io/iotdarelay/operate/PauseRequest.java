package io.iotdarelay.operate;

import io.iotdarelay.pauses.PauseTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** What a request to pause or to resume asks for. Pure. */
sealed interface PauseRequest {

    /** It can be understood. */
    record Valid(PauseTarget target, String reason, Optional<Duration> lasting) implements PauseRequest {}

    /** It cannot. */
    record Invalid(String why) implements PauseRequest {}

    Duration LONGEST = Duration.ofDays(366);

    int LONGEST_REASON = 500;

    Set<String> FIELDS = Set.of("all", "route", "partition", "reason", "for");

    static PauseRequest toPause(Map<String, ?> body) {
        Set<String> unknown = new TreeSet<>(body.keySet());
        unknown.removeAll(FIELDS);
        if (!unknown.isEmpty()) {
            return new Invalid("unknown field " + clean(unknown.iterator().next())
                    + "; there are all, route, partition, reason and for");
        }
        String reason = Objects.toString(body.get("reason"), "").strip();
        if (reason.isEmpty()) {
            return new Invalid("reason is required: whoever finds the pause wants to know");
        }
        if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            return new Invalid("reason has to be one line of at most " + LONGEST_REASON + " characters");
        }
        Optional<Duration> lasting = Optional.empty();
        Object wanted = body.get("for");
        if (wanted != null) {
            lasting = lasting(wanted.toString());
            if (lasting.isEmpty()) {
                return new Invalid(
                        "for has to be a duration such as 30m or PT30M, from 1s to " + LONGEST.toDays() + "d");
            }
        }
        return target(body.get("all"), body.get("route"), body.get("partition"), reason, lasting);
    }

    static PauseRequest toResume(@Nullable String all, @Nullable String route, @Nullable String partition) {
        return target(all, route, partition, "", Optional.empty());
    }

    private static PauseRequest target(
            @Nullable Object all,
            @Nullable Object route,
            @Nullable Object partition,
            String reason,
            Optional<Duration> lasting) {
        List<PauseTarget> targets = new ArrayList<>();
        if (all != null) {
            if (!all.toString().equals("true")) {
                return new Invalid("all can only be true");
            }
            targets.add(new PauseTarget.Everything());
        }
        if (route != null) {
            targets.add(new PauseTarget.OfRoute(route.toString()));
        }
        if (partition != null) {
            Optional<PauseTarget.OfPartition> named = PauseTarget.OfPartition.named(partition.toString());
            if (named.isEmpty()) {
                return new Invalid("partition has to be TOPIC-NUMBER, such as telemetry.meters-3");
            }
            targets.add(named.get());
        }
        return targets.size() == 1
                ? new Valid(targets.getFirst(), reason, lasting)
                : new Invalid("exactly one of all, route and partition is required");
    }

    private static Optional<Duration> lasting(String text) {
        try {
            Duration lasting = DurationStyle.detectAndParse(text.strip());
            return lasting.compareTo(Duration.ofSeconds(1)) < 0 || lasting.compareTo(LONGEST) > 0
                    ? Optional.empty()
                    : Optional.of(lasting);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static String clean(String name) {
        return name.length() > 40 || name.chars().anyMatch(Character::isISOControl) ? "in the request" : name;
    }
}
