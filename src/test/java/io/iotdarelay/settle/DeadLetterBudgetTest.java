package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadLetterBudgetTest {

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");
    private final DeadLetterBudget budget = new DeadLetterBudget(0.5, 100, Duration.ofMinutes(5), clock);

    @Test
    void letsARouteGoOnThatFailsNowAndThen() {
        for (int i = 0; i < 1000; i++) {
            budget.rejected("r", RejectionReason.UNMAPPABLE);
            budget.succeeded("r");
        }

        assertThat(budget.reasonToStop("r")).isEmpty();
        assertThat(budget.stopped()).isEmpty();
    }

    @Test
    void stopsARouteThatMostlyFailsAndNoOther() {
        reject("r", 40);
        succeed("r", 60);
        assertThat(budget.reasonToStop("r")).isEmpty();
        reject("r", 51);

        assertThat(budget.reasonToStop("r"))
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("51 of the last 100 records", "unmappable 51", "2026-11-01T00:05:00Z"));
        assertThat(budget.reasonToStop("other")).isEmpty();
        assertThat(budget.stopped()).containsOnlyKeys("r");
    }

    @Test
    void stopsANewRouteThatNeverSucceeds() {
        reject("r", 50);
        assertThat(budget.reasonToStop("r")).isEmpty();
        reject("r", 1);
        assertThat(budget.reasonToStop("r")).isPresent();
    }

    @Test
    void triesAFewRecordsAfterAWhile() {
        reject("r", 51);
        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        assertThat(budget.reasonToStop("r")).isPresent();
        clock.advance(Duration.ofMillis(1));
        assertThat(budget.reasonToStop("r")).isEmpty();
        assertThat(budget.stopped()).containsOnlyKeys("r");
        reject("r", 10);
        assertThat(budget.reasonToStop("r")).isEmpty();

        reject("r", 1);
        assertThat(budget.reasonToStop("r")).isPresent();

        clock.advance(Duration.ofMinutes(5));
        assertThat(budget.reasonToStop("r")).isEmpty();
        reject("r", 5);
        succeed("r", 15);
        assertThat(budget.reasonToStop("r")).isEmpty();
        assertThat(budget.stopped()).isEmpty();
        reject("r", 50);
        assertThat(budget.reasonToStop("r")).isEmpty();
    }

    @Test
    void namesTheReasonsOfTheLastRecordsOnly() {
        budget.rejected("r", RejectionReason.TOO_LARGE);
        succeed("r", 100);
        reject("r", 51);

        assertThat(budget.stopped().get("r")).contains("unmappable 51").doesNotContain("too-large");
    }

    @Test
    void letsARouteGoOnWhenTheOperatorSaysSo() {
        reject("r", 51);

        assertThat(budget.resume("r")).isTrue();

        assertThat(budget.reasonToStop("r")).isEmpty();
        assertThat(budget.stopped()).isEmpty();
        assertThat(budget.resume("r")).isFalse();
        assertThat(budget.resume("unheard-of")).isFalse();
    }

    @Test
    void doesNotCountWhatEndsAfterTheStop() {
        reject("r", 51);
        succeed("r", 1000);

        assertThat(budget.reasonToStop("r")).isPresent();
    }

    @Test
    void isNoBudgetWhereEverythingMayFail() {
        DeadLetterBudget none = new DeadLetterBudget(1, 100, Duration.ofMinutes(5), clock);
        for (int i = 0; i < 1000; i++) {
            none.rejected("r", RejectionReason.REFUSED);
        }

        assertThat(none.reasonToStop("r")).isEmpty();
    }

    private void reject(String route, int times) {
        for (int i = 0; i < times; i++) {
            budget.rejected(route, RejectionReason.UNMAPPABLE);
        }
    }

    private void succeed(String route, int times) {
        for (int i = 0; i < times; i++) {
            budget.succeeded(route);
        }
    }
}
