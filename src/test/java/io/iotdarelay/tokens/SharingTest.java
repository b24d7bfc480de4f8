package io.iotdarelay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    void aTombstoneDeletes() {
        SimulatedStore.Instance one = store.start();
        want(one);
        store.pass(Duration.ofSeconds(1));

        one.sharing().deleted(device.device());

        assertThat(one.sharing().find(device)).isEmpty();
        assertThat(one.tokens().size()).isZero();
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
