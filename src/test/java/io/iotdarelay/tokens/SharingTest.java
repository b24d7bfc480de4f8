package io.iotdarelay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class SharingTest {

    private final SimulatedStore store = new SimulatedStore(new SplittableRandom(1));
    private final TestAssignment owner = new TestAssignment();
    private final DeviceCredentials device = store.device("d");

    @Test
    void oneAuthenticatesForAllThatNeedATokenAtOnce() {
        List<SimulatedStore.Instance> all = List.of(store.start(), store.start(), store.start());
        List<Authentication> results = new ArrayList<>();

        all.forEach(instance -> want(instance, results));
        store.pass(Duration.ofSeconds(1));

        assertThat(store.authentications()).isEqualTo(1);
        assertThat(results).hasSize(3);
        assertThat(all).allSatisfy(instance -> assertThat(token(instance)).isEqualTo(token(all.getFirst())));
    }

    @Test
    void whoComesLaterTakesTheTokenOver() {
        want(store.start());
        store.pass(Duration.ofMinutes(10));
        SimulatedStore.Instance late = store.start();
        store.pass(Duration.ofSeconds(1));

        assertThat(token(late)).isPresent();
        assertThat(store.authentications()).isEqualTo(1);
    }

    @Test
    void aTokenThatWasTakenOverHasTheRestOfItsLife() {
        want(store.start());
        store.pass(Duration.ofMinutes(50));
        SimulatedStore.Instance late = store.start();
        store.pass(Duration.ofSeconds(1));
        Optional<AccessToken> first = token(late);

        store.pass(Duration.ofMinutes(5));

        assertThat(first).isPresent();
        assertThat(store.authentications()).as("renewed at 90 % of an hour").isEqualTo(2);
        assertThat(token(late)).isPresent().isNotEqualTo(first);
    }

    @Test
    void oneRenewsForAllThatUseTheToken() {
        Duration lag = Duration.ofMillis(500);
        List<SimulatedStore.Instance> all = List.of(
                store.start().lag(lag), store.start().lag(lag), store.start().lag(lag));
        all.forEach(this::want);
        for (int i = 0; i < 10 * 60; i++) {
            store.pass(Duration.ofMinutes(1));
            for (SimulatedStore.Instance instance : all) {
                Optional<AccessToken> token = token(instance);
                assertThat(token).isPresent();
                assertThat(store.isValid(device.device(), token.orElseThrow()))
                        .as("valid at minute " + i)
                        .isTrue();
            }
        }

        assertThat(store.authentications()).isBetween(11, 13);
    }

    @Test
    void aDeadInstanceIsNotWaitedForLongerThanItsClaimIsValid() {
        SimulatedStore.Instance dying = store.start();
        SimulatedStore.Instance other = store.start();
        store.pass(Duration.ofMillis(1));
        want(dying);
        store.pass(Duration.ofMillis(30));
        dying.kill();
        want(other);

        store.pass(Duration.ofSeconds(4));
        assertThat(token(other)).isEmpty();
        store.pass(Duration.ofSeconds(2));

        assertThat(token(other)).isPresent();
    }

    @Test
    void afterAFailedAuthenticationAnotherInstanceTriesAtOnce() {
        SimulatedStore.Instance failing = store.start().denied(true);
        SimulatedStore.Instance other = store.start();
        want(failing);
        store.pass(Duration.ofMillis(30));
        want(other);

        store.pass(Duration.ofMillis(200));

        assertThat(store.authentications()).isEqualTo(2);
        assertThat(token(other)).isPresent();
    }

    @Test
    void aWishThatIsGivenUpLeavesNoClaim() {
        SimulatedStore.Instance leaving = store.start().latency(Duration.ofSeconds(10));
        SimulatedStore.Instance other = store.start();
        Disposable wish = leaving.cache().fetch(device, owner).subscribe();
        store.pass(Duration.ofMillis(30));

        wish.dispose();
        want(other);
        store.pass(Duration.ofMillis(200));

        assertThat(token(other)).isPresent();
    }

    @Test
    void whatKafkaLosesCostsAnAuthenticationAndTwoSeconds() {
        SimulatedStore.Instance losing = store.start().losing(true);
        want(losing);

        store.pass(Duration.ofMillis(1900));
        assertThat(token(losing)).isEmpty();
        store.pass(Duration.ofMillis(200));

        assertThat(token(losing)).isPresent();
        assertThat(losing.sharing().isUsable()).as("nobody waits again soon").isFalse();
    }

    @Test
    void withoutKafkaNobodyWaits() {
        SimulatedStore.Instance alone = store.start().usable(false);

        want(alone);
        store.pass(Duration.ofMillis(51));

        assertThat(token(alone)).isPresent();
    }

    @Test
    void aTokenThatWasRefusedIsNotTakenAgain() {
        SimulatedStore.Instance one = store.start();
        SimulatedStore.Instance other = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));
        AccessToken first = token(other).orElseThrow();
        store.revokeAll();

        other.cache().invalidate(device.device(), first);
        assertThat(token(other)).isEmpty();
        want(other);
        store.pass(Duration.ofSeconds(1));

        assertThat(token(other)).isPresent().isNotEqualTo(Optional.of(first));
        assertThat(token(one)).as("the other one follows at once").isEqualTo(token(other));
        assertThat(store.authentications()).isEqualTo(2);
    }

    @Test
    void aNewSecretDoesNotTakeTheTokenOfTheOldOne() {
        want(store.start());
        store.pass(Duration.ofSeconds(1));
        DeviceCredentials changed =
                new DeviceCredentials(device.device(), new io.iotdarelay.telemetry.DeviceSecret("another secret"));

        SimulatedStore.Instance late = store.start();
        store.pass(Duration.ofSeconds(1));

        assertThat(late.sharing().find(device)).isPresent();
        assertThat(late.sharing().find(changed)).isEmpty();
        late.cache().fetch(changed, owner).subscribe();
        store.pass(Duration.ofSeconds(1));
        assertThat(store.authentications()).isEqualTo(2);
        assertThat(late.sharing().find(changed)).isPresent();
    }

    @Test
    void compactionKeepsTheLivingTokenBehindAClaim() {
        SimulatedStore.Instance dying = store.start();
        want(dying);
        store.pass(Duration.ofSeconds(1));
        AccessToken token = token(dying).orElseThrow();
        dying.latency(Duration.ofSeconds(10));
        for (int i = 0; i < 55 * 60 && store.last(device.device()).orElseThrow().claim() == null; i++) {
            store.pass(Duration.ofSeconds(1));
        }
        assertThat(store.last(device.device()).orElseThrow().claim())
                .as("the renewal is claimed")
                .isNotNull();
        dying.kill();

        store.compact(Duration.ZERO);
        SimulatedStore.Instance late = store.start();
        store.pass(Duration.ofMillis(100));

        assertThat(token(late)).hasValue(token);
    }

    @Test
    void aLateClaimDoesNotHideTheTokenFromCompaction() {
        SimulatedStore.Instance one = store.start();
        SimulatedStore.Instance slow = store.start().lag(Duration.ofMillis(400));
        want(slow);
        want(one);
        store.pass(Duration.ofSeconds(5));
        assertThat(store.authentications()).isEqualTo(1);

        store.compact(Duration.ZERO);
        SimulatedStore.Instance late = store.start();
        store.pass(Duration.ofMillis(100));

        assertThat(token(late)).isPresent();
        assertThat(store.authentications()).isEqualTo(1);
    }

    @Test
    void aTokenFromTheFutureIsIgnored() {
        SimulatedStore.Instance ahead = store.start(Duration.ofHours(1));
        SimulatedStore.Instance right = store.start();
        want(ahead);
        store.pass(Duration.ofSeconds(1));

        assertThat(right.tokens().get(device.device())).isNull();
        want(right);
        store.pass(Duration.ofSeconds(20));

        assertThat(token(right)).isPresent();
    }

    @Test
    void aTombstoneEndsNothingThatLives() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));

        one.sharing().deleted(device.device());

        assertThat(one.sharing().find(device)).isPresent();
        store.pass(SimulatedStore.LIFETIME);
        one.sharing().deleted(device.device());
        assertThat(one.tokens().size()).as("it has expired").isZero();
    }

    @Test
    void whoCannotReadATokenDoesNotEndIt() {
        SimulatedStore.Instance one = store.start().keys(SimulatedStore.NEXT_KEY, SimulatedStore.KEY);
        SimulatedStore.Instance behind = store.start().denied(true);
        want(one);
        store.pass(Duration.ofSeconds(1));

        want(behind);
        store.pass(Duration.ofSeconds(1));

        assertThat(behind.tokens().size()).as("it cannot read it").isZero();
        assertThat(one.sharing().find(device)).isPresent();
        store.pass(Duration.ofMinutes(1));
        assertKeptByTheLog(SimulatedStore.NEXT_KEY, SimulatedStore.KEY);
        assertThat(store.deletions()).isZero();
    }

    @Test
    void whoseClockIsBehindDoesNotEndWhatSeemsToComeFromTheFuture() {
        SimulatedStore.Instance one = store.start();
        SimulatedStore.Instance behind = store.start(Duration.ofMinutes(-6)).denied(true);
        want(one);
        store.pass(Duration.ofSeconds(1));

        want(behind);
        store.pass(Duration.ofSeconds(30));

        assertThat(behind.tokens().size()).as("it does not believe in it").isZero();
        assertThat(one.sharing().find(device)).isPresent();
        store.pass(Duration.ofMinutes(1));
        assertKeptByTheLog(SimulatedStore.KEY);
        assertThat(store.deletions()).isZero();
    }

    @Test
    void whoKnowsOnlyAnExpiredTokenDeletesNoNewerOne() {
        SimulatedStore.Instance one = store.start();
        SimulatedStore.Instance behind = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));
        assertThat(behind.tokens().size()).isEqualTo(1);
        one.keys(SimulatedStore.NEXT_KEY, SimulatedStore.KEY);

        for (int i = 0; i < 80; i++) {
            assertThat(token(one)).isPresent();
            store.pass(Duration.ofMinutes(1));
        }

        assertThat(behind.tokens().size()).as("what it knew is swept").isZero();
        assertThat(store.deletions()).isZero();
        assertKeptByTheLog(SimulatedStore.NEXT_KEY, SimulatedStore.KEY);
    }

    @Test
    void whatHasExpiredIsDeletedOnceByWhoKnowsTheLast() {
        want(store.start());
        store.start();

        store.pass(Duration.ofMinutes(75));

        assertThat(store.deletions()).isEqualTo(1);
        assertThat(store.instances())
                .allSatisfy(instance -> assertThat(instance.tokens().size()).isZero());
    }

    @Test
    void anAuthenticationThatFailsLateEndsOnlyItsOwnClaim() {
        SimulatedStore.Instance slow = store.start().denied(true).latency(Duration.ofSeconds(12));
        SimulatedStore.Instance next = store.start().latency(Duration.ofSeconds(12));
        SimulatedStore.Instance last = store.start();
        want(slow);
        store.pass(Duration.ofSeconds(1));
        slow.losing(true);
        want(next);
        store.pass(Duration.ofSeconds(10));
        slow.losing(false);
        store.pass(Duration.ofSeconds(2));
        assertThat(store.authentications()).as("the slow one has failed").isEqualTo(1);

        want(last);
        store.pass(Duration.ofSeconds(10));

        assertThat(store.authentications())
                .as("the last one waits for the next one")
                .isEqualTo(2);
        assertThat(token(last)).isPresent();
    }

    @Test
    void anAuthenticationMayTakeAsLongAsThePlatformIsWaitedFor() {
        SimulatedStore.Instance slow = store.start().latency(Duration.ofSeconds(20));
        SimulatedStore.Instance other = store.start();
        want(slow);
        store.pass(Duration.ofSeconds(1));
        List<Authentication> results = new ArrayList<>();
        want(other, results);

        store.pass(Duration.ofSeconds(18));
        assertThat(results).isEmpty();
        store.pass(Duration.ofSeconds(2));

        assertThat(store.authentications()).isEqualTo(1);
        assertThat(results).hasSize(1);
        assertThat(token(other)).isPresent();
    }

    @Test
    void nobodyIsWaitedForForever() {
        SimulatedStore.Instance stuck = store.start().latency(Duration.ofHours(1));
        SimulatedStore.Instance other = store.start();
        want(stuck);
        store.pass(Duration.ofSeconds(1));
        want(other);

        store.pass(SimulatedStore.PATIENCE.plusSeconds(1));

        assertThat(token(other)).isPresent();
    }

    @Test
    void aClaimThatIsLostAgainAndAgainIsNotChargedEachTime() {
        SimulatedStore.Instance ahead = store.start(Duration.ofSeconds(50)).latency(Duration.ofHours(1));
        SimulatedStore.Instance other = store.start();
        want(ahead);
        store.pass(Duration.ofMillis(100));
        ahead.kill();
        want(other);

        store.pass(SimulatedStore.PATIENCE.plusSeconds(1));

        assertThat(token(other)).isPresent();
        assertThat(other.charged()).isBetween(3, 7);
    }

    @Test
    void aTokenThatComesWhileADeviceWaitsInLineIsTakenAtOnce() {
        SimulatedStore.Instance waiting = store.start().line(Duration.ofMinutes(10));
        SimulatedStore.Instance other = store.start();
        List<Authentication> results = new ArrayList<>();
        want(waiting, results);
        store.pass(Duration.ofSeconds(1));

        want(other);
        store.pass(Duration.ofSeconds(1));

        assertThat(results).hasSize(1);
        store.pass(Duration.ofMinutes(11));
        assertThat(waiting.charged()).isZero();
        assertThat(store.authentications()).isEqualTo(1);
    }

    @Test
    void whatIsBeingAuthenticatedIsNotTakenBack() {
        SimulatedStore.Instance slow = store.start().usable(false).latency(Duration.ofSeconds(10));
        SimulatedStore.Instance other = store.start();
        want(slow);
        store.pass(Duration.ofSeconds(1));
        want(other);

        store.pass(Duration.ofSeconds(15));

        assertThat(store.authentications()).isEqualTo(2);
        assertThat(token(slow)).isPresent();
    }

    @Test
    void aTokenOfAPartitionThatHasLeftIsHeldOnce() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(5));
        assertThat(token(one)).isPresent();
        store.pass(Duration.ofSeconds(5));
        assertThat(one.cached()).isEqualTo(1);

        owner.end();
        store.pass(Duration.ofSeconds(5));

        assertThat(one.cached()).isZero();
        assertThat(one.cache().cached(device.device(), new TestAssignment())).isPresent();
        assertThat(store.authentications()).isEqualTo(1);
    }

    @Test
    void aTokenOfAPartitionThatHasLeftStaysIfTheStoreDoesNotHoldIt() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(5));
        one.tokens().remove(device.device(), Objects.requireNonNull(one.tokens().get(device.device())));

        owner.end();
        store.pass(Duration.ofSeconds(5));

        assertThat(one.cached()).isEqualTo(1);
    }

    @Test
    void anOlderTokenDoesNotReplaceANewerOne() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));
        KnownToken old = Objects.requireNonNull(one.tokens().get(device.device()));
        one.cache().invalidate(device.device(), old.token());
        want(one);
        store.pass(Duration.ofSeconds(1));
        Optional<AccessToken> newest = token(one);
        one.tokens().remove(device.device(), Objects.requireNonNull(one.tokens().get(device.device())));

        Optional<String> unused = one.sharing().read(device.device(), Entry.of(old), store.millis());
        store.pass(Duration.ofSeconds(1));

        assertThat(newest).isPresent().isNotEqualTo(Optional.of(old.token()));
        assertThat(token(one)).isEqualTo(newest);
    }

    @Test
    void aKeyThatIsGoneDoesNotKeepClaimsFromBeingRead() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));
        assertThat(token(one)).isPresent();
        one.keys(SimulatedStore.NEXT_KEY);

        store.pass(Duration.ofMinutes(56));

        assertThat(store.authentications()).as("it was renewed").isEqualTo(2);
        assertThat(one.sharing().isUsable()).as("its claim came back").isTrue();
        assertKeptByTheLog(SimulatedStore.NEXT_KEY);
    }

    @Test
    void aLogThatIsCreatedAgainIsFilledAgain() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));

        store.createAgain();
        store.pass(Duration.ofMinutes(1));

        assertKeptByTheLog(SimulatedStore.KEY);
        assertThat(store.authentications()).isEqualTo(1);
    }

    @Test
    void anExpiredTokenDoesNotSettleWhoIsFirst() {
        SimulatedStore.Instance one = store.start().lag(Duration.ofMillis(400));
        SimulatedStore.Instance other = store.start().lag(Duration.ofMillis(400));
        want(one);
        store.pass(Duration.ofSeconds(5));
        store.pass(SimulatedStore.LIFETIME);
        one.tokens().remove(device.device(), Objects.requireNonNull(one.tokens().get(device.device())));
        assertThat(other.tokens().size()).isEqualTo(1);

        want(one);
        want(other);
        store.pass(Duration.ofSeconds(5));

        assertThat(store.authentications()).isEqualTo(2);
    }

    /** An instance that starts with what compaction leaves finds the token. */
    private void assertKeptByTheLog(TokenKey key, TokenKey... others) {
        store.compact(Duration.ZERO);
        SimulatedStore.Instance late = store.start().keys(key, others);
        store.pass(Duration.ofMillis(100));
        assertThat(late.sharing().find(device)).isPresent();
    }

    private void want(SimulatedStore.Instance instance) {
        want(instance, new ArrayList<>());
    }

    private void want(SimulatedStore.Instance instance, List<Authentication> results) {
        instance.cache().fetch(device, owner).subscribe(results::add);
    }

    private Optional<AccessToken> token(SimulatedStore.Instance instance) {
        return instance.cache().cached(device.device(), owner);
    }
}
