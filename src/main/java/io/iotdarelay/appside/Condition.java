package io.iotdarelay.appside;

import io.iotdarelay.appside.ApplicationStatus.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether calls succeed, by the last one of each kind. Belongs to one event loop; anybody may look. Logs once for each kind of call when
 * that changes.
 */
final class Condition {

    private static final Logger log = LoggerFactory.getLogger(Condition.class);

    /** Whoever has lost interest in a kind of call does not ask again, though it may have been put right long ago. */
    static final Duration KEPT = Duration.ofHours(1);

    private final InstantSource time;
    private final Map<Call, Standing> last = new EnumMap<>(Call.class);
    private volatile List<Standing> shown = List.of();
    private volatile Optional<Instant> answered = Optional.empty();

    /**
     * What became of the last call of a kind, which failed.
     *
     * @param ofAll whether no other call would succeed
     * @param isOver whether another call has shown that it is over; it stays to be logged once
     * @param last when it failed last
     */
    private record Standing(Trouble trouble, boolean ofAll, boolean isOver, Instant last) {

        Standing after() {
            return ofAll ? new Standing(trouble, true, true, last) : this;
        }

        /** What concerns all calls is the state in which they were left. */
        boolean isForgotten(Instant now) {
            return !ofAll && !now.isBefore(last.plus(KEPT));
        }
    }

    /** No call was made yet. */
    Condition(InstantSource time) {
        this.time = time;
    }

    /** The trouble of all calls, if there is one, or else the oldest of one kind of call that was made within an hour. */
    Optional<Trouble> trouble() {
        Instant now = time.instant();
        return shown.stream()
                .filter(standing -> !standing.isForgotten(now))
                .findFirst()
                .map(Standing::trouble);
    }

    Optional<Instant> answered() {
        return answered;
    }

    /** It answered as it should, whatever that was. */
    void isWell(Call call) {
        if (last.remove(call) != null) {
            log.atInfo()
                    .addKeyValue("call", call.label())
                    .log("A call of the platform's application side succeeds again");
        }
        answered = Optional.of(time.instant());
        othersMaySucceed();
    }

    /** No call would succeed. */
    void isTroubled(Call call, String detail, boolean misconfigured) {
        add(call, detail, misconfigured, true);
        show();
    }

    /** It can be reached, but does not do what this kind of call needs. */
    void isTroubledFor(Call call, String detail, boolean misconfigured) {
        add(call, call.label() + ": " + detail, misconfigured, false);
        othersMaySucceed();
    }

    private void add(Call call, String detail, boolean misconfigured, boolean ofAll) {
        Instant now = time.instant();
        Optional<Standing> before = Optional.ofNullable(last.get(call)).filter(standing -> !standing.isForgotten(now));
        if (before.isEmpty() || before.get().trouble().misconfigured() != misconfigured) {
            log.atWarn()
                    .addKeyValue("call", call.label())
                    .addKeyValue("reason", detail)
                    .log("A call of the platform's application side fails; devices that are known are not affected");
        }
        Instant since = before.filter(standing -> !standing.isOver())
                .map(standing -> standing.trouble().since())
                .orElse(now);
        last.put(call, new Standing(new Trouble(detail, misconfigured, since), ofAll, false, now));
    }

    private void othersMaySucceed() {
        last.replaceAll((call, standing) -> standing.after());
        show();
    }

    private void show() {
        shown = last.values().stream()
                .filter(standing -> !standing.isOver())
                .sorted(Comparator.comparing((Standing standing) -> !standing.ofAll())
                        .thenComparing(standing -> standing.trouble().since()))
                .toList();
    }
}
