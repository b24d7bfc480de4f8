package io.iotdarelay.appside;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether calls succeed, by the last one. Belongs to one event loop; anybody may look. Logs once when that changes. */
final class Condition {

    private static final Logger log = LoggerFactory.getLogger(Condition.class);

    private final InstantSource time;
    private volatile Optional<ApplicationStatus.Trouble> trouble = Optional.empty();
    private volatile Optional<Instant> answered = Optional.empty();

    /** No call was made yet. */
    Condition(InstantSource time) {
        this.time = time;
    }

    Optional<ApplicationStatus.Trouble> trouble() {
        return trouble;
    }

    Optional<Instant> answered() {
        return answered;
    }

    /** It answered as it should, whatever that was. */
    void isWell() {
        if (trouble.isPresent()) {
            log.atInfo().log("The platform's application side answers again");
        }
        trouble = Optional.empty();
        answered = Optional.of(time.instant());
    }

    void isTroubled(String detail, boolean misconfigured) {
        Optional<ApplicationStatus.Trouble> before = trouble;
        if (before.isEmpty() || before.get().misconfigured() != misconfigured) {
            log.atWarn()
                    .addKeyValue("reason", detail)
                    .log("The platform's application side cannot be used; devices that are known are not affected");
        }
        trouble = Optional.of(new ApplicationStatus.Trouble(
                detail,
                misconfigured,
                before.map(ApplicationStatus.Trouble::since).orElseGet(time::instant)));
    }
}
