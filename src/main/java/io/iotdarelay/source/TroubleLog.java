package io.iotdarelay.source;

import io.iotdarelay.kafka.KafkaFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what is wrong with Kafka: each problem once while it lasts, and the end of all of them. A problem is over when the
 * group is joined without it, not when the next consumer is opened. Belongs to the poll thread.
 */
final class TroubleLog {

    private static final Logger log = LoggerFactory.getLogger(TroubleLog.class);

    /** A problem whose duration changes is the same problem. */
    private static final Pattern AGE = Pattern.compile("\\b\\d+ s\\b");

    /** Varying texts must not exhaust the memory during a long outage. */
    private static final int MOST = 1_000;

    /** What was logged and is not over. */
    private final Set<String> reported = new HashSet<>();

    /** Why no consumer works, since the group was last joined. */
    private Optional<String> failure = Optional.empty();

    /** No consumer can be opened. Returns what to report. */
    Optional<String> unreachable(String why) {
        if (isNews(why)) {
            log.atWarn()
                    .addKeyValue("reason", why)
                    .log("Kafka is unavailable; the relay retries until it can be reached");
        }
        failure = Optional.of(why);
        return failure;
    }

    /** A consumer failed. What the brokers or the configuration explain needs no stack trace. Returns what to report. */
    Optional<String> failed(RuntimeException cause, String why, Duration restart) {
        if (isNews(why)) {
            (KafkaFailure.isExplained(cause) ? log.atError() : log.atError().setCause(cause))
                    .addKeyValue("reason", why)
                    .log(
                            "The Kafka consumer failed; it is created again in {} s, until one works",
                            restart.toSeconds());
        }
        failure = Optional.of(why);
        return failure;
    }

    /** There is a consumer, with this status. Returns what to report. */
    Optional<String> show(SourceStatus now) {
        if (now.joined()) {
            failure = Optional.empty();
        }
        now.trouble()
                .filter(this::isNews)
                .ifPresent(
                        why -> log.atWarn().addKeyValue("reason", why).log("Kafka, or a part of it, cannot be used"));
        if (now.joined()
                && reported.retainAll(
                        now.trouble().map(TroubleLog::key).stream().toList())
                && reported.isEmpty()) {
            log.atInfo().log("The consumer group is joined; records are read from Kafka");
        }
        return now.trouble().or(() -> failure);
    }

    /** Whether something is reported that keeps consumers from working. */
    boolean isShown() {
        return failure.isPresent();
    }

    private boolean isNews(String why) {
        if (reported.size() >= MOST) {
            reported.clear();
        }
        return reported.add(key(why));
    }

    private static String key(String why) {
        return AGE.matcher(why).replaceAll("s");
    }
}
