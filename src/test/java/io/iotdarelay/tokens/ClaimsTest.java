package io.iotdarelay.tokens;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static final DeviceId D = device("d");
    private static final long VALID = Claims.VALID.toMillis();

    private final Claims claims = new Claims();

    @Test
    void theFirstWins() {
        assertThat(add(1, 0, 0, 1000)).isEqualTo(Claims.Outcome.WON);
        assertThat(add(2, 0, 0, 1001)).isEqualTo(Claims.Outcome.LOST);

        assertThat(claims.heldByOthers(D, 2, 0)).isEqualTo(Claims.VALID.toNanos());
        assertThat(claims.heldByOthers(D, 1, 0)).as("by itself").isZero();
        assertThat(claims.heldByOthers(device("e"), 2, 0)).isZero();
    }

    @Test
    void theNextWinsWhenTheFirstHasEnded() {
        add(1, 0, 0, 1000);
        claims.end(D, claim(2, 0, 0));
        assertThat(add(2, 0, 0, 1001)).as("only its own one").isEqualTo(Claims.Outcome.LOST);

        claims.end(D, claim(1, 0, 0));

        assertThat(add(2, 0, 0, 1001)).isEqualTo(Claims.Outcome.WON);
    }

    @Test
    void aTokenEndsClaimsThatDidNotKnowIt() {
        add(1, 5, 0, 1000);

        claims.end(D, 5);
        assertThat(add(2, 5, 0, 1001)).isEqualTo(Claims.Outcome.LOST);
        claims.end(D, 6);
        assertThat(add(2, 6, 6, 1001)).isEqualTo(Claims.Outcome.WON);
        claims.end(device("e"), 6);
    }

    @Test
    void lastsAsLongAsItIsMadeAgain() {
        add(1, 0, 0, 1000);
        long later = Duration.ofSeconds(4).toNanos();
        claims.add(D, claim(1, 0, 0).again(5000), 0, 5000, later);

        assertThat(add(2, 0, 0, 4999 + VALID)).isEqualTo(Claims.Outcome.LOST);
        assertThat(claims.heldByOthers(D, 2, later)).isEqualTo(Claims.VALID.toNanos());
        assertThat(add(2, 0, 0, 5000 + VALID)).isEqualTo(Claims.Outcome.WON);
    }

    @Test
    void isNotMadeAgainAfterAnotherOneHasWon() {
        add(1, 0, 0, 1000);
        add(2, 0, 0, 1000 + VALID);

        assertThat(claims.add(D, claim(1, 0, 0).again(1001 + VALID), 0, 1001 + VALID, 0))
                .isEqualTo(Claims.Outcome.LOST);
        assertThat(claims.heldByOthers(D, 2, 0)).isZero();
    }

    @Test
    void theNextWinsWhenTheFirstIsTooOldByTheTimesOfTheLog() {
        add(1, 0, 0, 1000);

        assertThat(add(2, 0, 0, 999 + VALID)).isEqualTo(Claims.Outcome.LOST);
        assertThat(add(2, 0, 0, 1000 + VALID)).isEqualTo(Claims.Outcome.WON);
    }

    @Test
    void isVoidIfThereIsANewerToken() {
        assertThat(add(1, 5, 6, 1000)).isEqualTo(Claims.Outcome.OVERTAKEN);
        assertThat(claims.heldByOthers(D, 2, 0)).isZero();
        assertThat(add(1, 6, 6, 1000)).isEqualTo(Claims.Outcome.WON);
    }

    @Test
    void expires() {
        add(1, 0, 0, 1000);
        long end = Claims.VALID.toNanos();

        claims.sweep(end);
        assertThat(claims.heldByOthers(D, 2, end - 1)).isEqualTo(1);
        assertThat(claims.heldByOthers(D, 2, end + 1)).isZero();
        claims.sweep(end + 1);
        assertThat(claims.heldByOthers(D, 2, end - 1)).isZero();
    }

    @Test
    void isNotBelievedIfItIsFarFromTheClock() {
        long minute = Duration.ofMinutes(1).toMillis();
        Claim claim = claim(1, 0, 10 * minute);

        assertThat(Claims.isCredible(claim, 10 * minute)).isTrue();
        assertThat(Claims.isCredible(claim, 11 * minute)).isFalse();
        assertThat(Claims.isCredible(claim, 9 * minute)).isFalse();
    }

    @Test
    void areRememberedUpToABound() {
        for (int i = 0; i <= 100_000; i++) {
            claims.add(device("d" + i), new Claim(1, i, 0, 0, false), 0, 1000, 0);
        }

        assertThat(claims.heldByOthers(device("d99999"), 2, 0)).isPositive();
        assertThat(claims.heldByOthers(device("d100000"), 2, 0)).isZero();
    }

    private Claims.Outcome add(long instance, long replaces, long newest, long recordedAt) {
        return claims.add(D, claim(instance, replaces, 0), newest, recordedAt, 0);
    }

    private static Claim claim(long instance, long replaces, long at) {
        return new Claim(instance, 1, replaces, at, false);
    }
}
