package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConditionTest {

    private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");

    private final ManualClock clock = new ManualClock(BEGIN);
    private final Condition condition = new Condition(clock);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Condition.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(logged);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(logged);
        logger.setLevel(null);
    }

    @Test
    void knowsSinceWhenNothingSucceeds() {
        condition.isTroubled("first", false);
        clock.advance(Duration.ofMinutes(1));
        condition.isTroubled("second", false);

        assertThat(condition.trouble()).contains(new ApplicationStatus.Trouble("second", false, BEGIN));
        assertThat(condition.answered()).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        condition.isWell();
        assertThat(condition.trouble()).isEmpty();
        assertThat(condition.answered()).contains(BEGIN.plus(Duration.ofMinutes(2)));
    }

    @Test
    void isLoggedWhenItChanges() {
        condition.isWell();
        condition.isTroubled("slow", false);
        condition.isTroubled("slower", false);
        condition.isTroubled("refused", true);
        condition.isWell();
        condition.isWell();

        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.WARN, Level.INFO);
    }
}
