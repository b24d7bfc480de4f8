package io.iotdarelay.auth;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.FakeIotda;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

class TokenCacheTest {

    private static final DeviceCredentials D = new DeviceCredentials(device("d"), new DeviceSecret("12345678"));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final FakeIotda iotda = new FakeIotda(time);
    private final MapDirectory directory = new MapDirectory().with("d", "12345678");
    private final TestAssignment owner = new TestAssignment();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TokenStore store = new TokenStore(100, () -> time.now(TimeUnit.NANOSECONDS));
    private final TokenCache cache = new TokenCache(
            store,
            SharedTokens.NONE,
            iotda::authenticate,
            directory,
            0.9,
            time,
            () -> time.now(TimeUnit.NANOSECONDS),
            new SplittableRandom(1),
            new RequestMeters(registry));

    @Test
    void hasNothingAtFirst() {
        assertThat(cache.cached(device("d"), owner)).isEmpty();
        assertThat(store.size()).isZero();
    }

    @Test
    void keepsWhatItFetched() {
        AccessToken token = fetch();

        assertThat(cache.cached(device("d"), owner)).hasValue(token);
        assertThat(store.size()).isEqualTo(1);
        assertThat(registry.get("relay.tokens.fetched").counter().count()).isEqualTo(1);
    }

    @Test
    void fetchesOnceForAllWhoAskMeanwhile() {
        List<Authentication> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            cache.fetch(D, owner).subscribe(results::add);
        }
        time.advanceTimeBy(Duration.ofMillis(10));

        assertThat(iotda.authentications()).hasSize(1);
        assertThat(results).hasSize(5).containsOnly(results.getFirst());
    }

    @Test
    void asksAgainAfterAFailure() {
        iotda.onAuthentication(credentials -> FakeIotda.unavailable());
        List<Authentication> results = new ArrayList<>();
        cache.fetch(D, owner).subscribe(result -> {
            results.add(result);
            cache.fetch(D, owner).subscribe(results::add);
        });
        time.advanceTimeBy(Duration.ofMillis(20));

        assertThat(iotda.authentications()).hasSize(2);
        assertThat(results).hasSize(2);
        assertThat(cache.cached(device("d"), owner)).isEmpty();
    }

    @Test
    void usesATokenUntilItsLifeIsOver() {
        directory.without("d");
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();

        time.advanceTimeBy(Duration.ofSeconds(98));
        assertThat(cache.cached(device("d"), owner)).isPresent();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(cache.cached(device("d"), owner)).isEmpty();
    }

    @Test
    void renewsATokenInUseBeforeAnybodyHasToWait() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        AccessToken first = fetch();
        cache.cached(device("d"), owner);

        time.advanceTimeBy(Duration.ofSeconds(84));
        assertThat(iotda.authentications()).hasSize(1);
        time.advanceTimeBy(Duration.ofSeconds(7));

        assertThat(iotda.authentications()).hasSize(2);
        assertThat(cache.cached(device("d"), owner)).isPresent().isNotEqualTo(Optional.of(first));
    }

    @Test
    void keepsRenewingWhileTheTokenIsUsed() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();
        for (int i = 0; i < 1000; i++) {
            assertThat(cache.cached(device("d"), owner)).isPresent();
            time.advanceTimeBy(Duration.ofSeconds(1));
        }

        assertThat(iotda.authentications()).hasSizeBetween(11, 13);
    }

    @Test
    void letsATokenExpireThatNobodyNeeds() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();

        time.advanceTimeBy(Duration.ofSeconds(200));

        assertThat(iotda.authentications()).hasSize(1);
        assertThat(cache.cached(device("d"), owner)).isEmpty();
    }

    @Test
    void doesNotRenewForADeviceThatIsGone() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();
        cache.cached(device("d"), owner);
        directory.without("d");

        time.advanceTimeBy(Duration.ofSeconds(95));

        assertThat(iotda.authentications()).hasSize(1);
    }

    @Test
    void keepsTheOldTokenWhileARenewalFails() {
        iotda.tokenLifetime(Duration.ofSeconds(1000));
        AccessToken first = fetch();
        cache.cached(device("d"), owner);
        iotda.onAuthentication(credentials -> FakeIotda.unavailable());

        time.advanceTimeBy(Duration.ofSeconds(950));
        assertThat(cache.cached(device("d"), owner)).hasValue(first);
        int tries = iotda.authentications().size();
        assertThat(tries).isBetween(4, 12);

        iotda.onAuthentication(credentials -> null);
        time.advanceTimeBy(Duration.ofSeconds(11));
        assertThat(cache.cached(device("d"), owner)).isPresent().isNotEqualTo(Optional.of(first));
    }

    @Test
    void spreadsRenewals() {
        iotda.tokenLifetime(Duration.ofSeconds(1000));
        for (int i = 0; i < 50; i++) {
            directory.with("x" + i, "12345678");
            cache.fetch(new DeviceCredentials(device("x" + i), new DeviceSecret("12345678")), owner)
                    .subscribe();
        }
        time.advanceTimeBy(Duration.ofMillis(10));
        for (int i = 0; i < 50; i++) {
            cache.cached(device("x" + i), owner);
        }

        time.advanceTimeBy(Duration.ofSeconds(875));
        assertThat(iotda.authentications().size() - 50).isBetween(10, 40);
        time.advanceTimeBy(Duration.ofSeconds(26));
        assertThat(iotda.authentications()).hasSize(100);
    }

    @Test
    void dropsTheTokenThatWasRefused() {
        AccessToken token = fetch();

        cache.invalidate(device("d"), token);

        assertThat(cache.cached(device("d"), owner)).isEmpty();
    }

    @Test
    void keepsATokenThatIsNewerThanTheRefusedOne() {
        AccessToken old = fetch();
        AccessToken young = fetch();

        cache.invalidate(device("d"), old);

        assertThat(cache.cached(device("d"), owner)).hasValue(young);
    }

    @Test
    void doesNotRenewATokenThatWasReplaced() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();
        cache.cached(device("d"), owner);
        time.advanceTimeBy(Duration.ofSeconds(50));
        fetch();
        cache.cached(device("d"), owner);

        time.advanceTimeBy(Duration.ofSeconds(45));

        assertThat(iotda.authentications()).hasSize(2);
    }

    @Test
    void leavesTheTokenToTheNewOwnerOfThePartition() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();
        cache.cached(device("d"), owner);
        owner.end();

        time.advanceTimeBy(Duration.ofSeconds(95));

        assertThat(iotda.authentications()).hasSize(1);
    }

    @Test
    void renewsForTheAssignmentThatUsedItLast() {
        iotda.tokenLifetime(Duration.ofSeconds(100));
        fetch();
        cache.cached(device("d"), owner);
        owner.end();
        cache.cached(device("d"), new TestAssignment());

        time.advanceTimeBy(Duration.ofSeconds(95));

        assertThat(iotda.authentications()).hasSize(2);
    }

    @Test
    void givesUpAFetchThatNobodyWaitsForAnyMore() {
        AtomicInteger cancelled = new AtomicInteger();
        TokenCache guarded = new TokenCache(
                store,
                SharedTokens.NONE,
                credentials -> iotda.authenticate(credentials).doOnCancel(cancelled::incrementAndGet),
                directory,
                0.9,
                time,
                () -> time.now(TimeUnit.NANOSECONDS),
                new SplittableRandom(1),
                new RequestMeters(registry));
        Disposable one = guarded.fetch(D, owner).subscribe();
        Disposable other = guarded.fetch(D, owner).subscribe();

        one.dispose();
        assertThat(cancelled).hasValue(0);
        other.dispose();
        assertThat(cancelled).hasValue(1);

        guarded.fetch(D, owner).subscribe();
        time.advanceTimeBy(Duration.ofMillis(10));
        assertThat(guarded.cached(device("d"), owner)).isPresent();
    }

    @Test
    void plansNoMoreRenewalsThanThereAreTokens() {
        for (int i = 0; i < 10_000; i++) {
            AccessToken token = fetch();
            cache.invalidate(device("d"), token);
        }

        assertThat(cache.planned()).isLessThan(1100);
    }

    @Test
    void renewsWhatIsInUseHoweverManyOthersWereDropped() {
        iotda.tokenLifetime(Duration.ofSeconds(1000));
        fetch();
        cache.cached(device("d"), owner);
        DeviceCredentials other = new DeviceCredentials(device("other"), new DeviceSecret("12345678"));
        for (int i = 0; i < 2000; i++) {
            cache.fetch(other, owner).subscribe();
            time.advanceTimeBy(Duration.ofMillis(10));
        }
        int before = iotda.authentications().size();

        time.advanceTimeBy(Duration.ofSeconds(890));

        assertThat(iotda.authentications()).hasSize(before + 1);
        assertThat(iotda.authentications().getLast()).isEqualTo(device("d"));
    }

    @Test
    void isBounded() {
        TokenStore small = new TokenStore(10, () -> 0);
        for (int i = 0; i < 1000; i++) {
            small.put(new CachedToken(device("x" + i), new AccessToken("t"), Duration.ofDays(1), 0, 0, 0.9, owner));
        }

        assertThat(small.size()).isLessThanOrEqualTo(10);
    }

    private AccessToken fetch() {
        List<Authentication> results = new ArrayList<>();
        cache.fetch(D, owner).subscribe(results::add);
        time.advanceTimeBy(Duration.ofMillis(10));
        return ((Authentication.Granted) results.getFirst()).token();
    }
}
