package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.iotdarelay.testing.Logged;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CallsConditionTest {

    private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");

    private final ManualClock clock = new ManualClock(BEGIN);
    private final Condition condition = new Condition(clock);

    @RegisterExtension
    final Logged logged = Logged.by(Condition.class);

    @Test
    void knowsSinceWhenNothingSucceeds() {
        condition.isTroubled(Call.GET_DEVICE, "first", false);
        clock.advance(Duration.ofMinutes(1));
        condition.isTroubled(Call.GET_DEVICE, "second", false);

        assertThat(condition.trouble()).contains(new ApplicationStatus.Trouble("second", false, BEGIN));
        assertThat(condition.answered()).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        condition.isWell(Call.GET_DEVICE);
        assertThat(condition.trouble()).isEmpty();
        assertThat(condition.answered()).contains(BEGIN.plus(Duration.ofMinutes(2)));
    }

    @Test
    void isLoggedWhenItChanges() {
        condition.isWell(Call.GET_DEVICE);
        condition.isTroubled(Call.GET_DEVICE, "slow", false);
        condition.isTroubled(Call.GET_DEVICE, "slower", false);
        condition.isTroubled(Call.GET_DEVICE, "refused", true);
        condition.isWell(Call.GET_DEVICE);
        condition.isWell(Call.GET_DEVICE);

        assertThat(logged.lines())
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.WARN, Level.WARN, Level.INFO);
    }

    @Test
    void isLoggedOnceForEachKindOfCall() {
        condition.isTroubledFor(Call.CREATE_DEVICE, "no right", true);
        condition.isWell(Call.GET_DEVICE);
        condition.isTroubledFor(Call.CREATE_DEVICE, "no right", true);
        condition.isTroubled(Call.LIST_DEVICES, "slow", false);
        condition.isWell(Call.GET_DEVICE);
        condition.isTroubled(Call.LIST_DEVICES, "slow", false);
        assertThat(logged.lines()).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.WARN);

        condition.isWell(Call.LIST_DEVICES);
        condition.isWell(Call.CREATE_DEVICE);
        assertThat(logged.lines()).extracting(ILoggingEvent::getLevel).endsWith(Level.INFO, Level.INFO);
        assertThat(condition.trouble()).isEmpty();
    }

    /** Nobody may ask again, although the right was granted. */
    @Test
    void whatConcernsOneKindOfCallIsForgottenAfterAnHour() {
        condition.isTroubledFor(Call.CREATE_DEVICE, "no right", true);
        condition.isWell(Call.GET_DEVICE);
        clock.advance(Condition.KEPT.minusSeconds(1));
        assertThat(condition.trouble()).isPresent();

        clock.advance(Duration.ofSeconds(1));
        assertThat(condition.trouble()).isEmpty();

        condition.isTroubledFor(Call.CREATE_DEVICE, "no right", true);
        assertThat(condition.trouble())
                .as("is new")
                .contains(new ApplicationStatus.Trouble("create-device: no right", true, BEGIN.plus(Condition.KEPT)));
        clock.advance(Duration.ofHours(2));
        condition.isWell(Call.CREATE_DEVICE);
        assertThat(logged.lines())
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.WARN, Level.WARN, Level.INFO);
    }

    @Test
    void whatFailsAgainAndAgainIsKept() {
        for (int i = 0; i < 5; i++) {
            condition.isTroubledFor(Call.CREATE_DEVICE, "no right", true);
            clock.advance(Duration.ofMinutes(50));
        }

        assertThat(condition.trouble()).contains(new ApplicationStatus.Trouble("create-device: no right", true, BEGIN));
        assertThat(logged.lines()).hasSize(1);
    }

    @Test
    void whatConcernsAllIsKept() {
        condition.isTroubled(Call.GET_DEVICE, "away", false);
        clock.advance(Duration.ofDays(1));

        assertThat(condition.trouble()).isPresent();
    }

    @Test
    void whatConcernsAllIsOverWithAnyAnswer() {
        condition.isTroubled(Call.GET_DEVICE, "slow", false);
        condition.isTroubledFor(Call.CREATE_DEVICE, "no right", true);
        assertThat(condition.trouble()).contains(new ApplicationStatus.Trouble("create-device: no right", true, BEGIN));
        condition.isWell(Call.GET_SHADOW);
        assertThat(condition.trouble()).as("of one kind").isPresent();

        clock.advance(Duration.ofMinutes(1));
        condition.isTroubled(Call.GET_DEVICE, "away", false);
        assertThat(condition.trouble())
                .as("what concerns all comes first, and is new")
                .contains(new ApplicationStatus.Trouble("away", false, BEGIN.plus(Duration.ofMinutes(1))));
    }
}
