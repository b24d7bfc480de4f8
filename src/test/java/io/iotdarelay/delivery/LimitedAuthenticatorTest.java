package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.iotdarelay.auth.SharedToken;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.limits.Limits;
import io.iotdarelay.limits.RateLimiter;
import io.iotdarelay.limits.RequestLimits;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.FakeIotda;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** When an authentication is claimed, and what becomes of its place if another instance was first. */
class LimitedAuthenticatorTest {

    private static final DeviceCredentials D = new DeviceCredentials(device("d"), new DeviceSecret("12345678"));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ManualClock clock = ManualClock.at("2026-11-30T12:00:00Z");
    private final FakeIotda iotda = new FakeIotda(time);
    private final RateLimiter rate = new RateLimiter(1, this::nanoTime);
    private final LimitedAuthenticator authenticator = new LimitedAuthenticator(iotda, limits(), new AwaitedTokens());
    private final List<Authentication> results = new ArrayList<>();
    private final AtomicInteger empty = new AtomicInteger();
    private final Wish wish = new Wish();

    @Test
    void isClaimedOnlyWhenTheQuotaLetsItLeave() {
        authenticate(new Wish());
        authenticate(wish);
        time.advanceTimeBy(Duration.ofMillis(500));
        assertThat(wish.claims).isZero();

        time.advanceTimeBy(Duration.ofSeconds(2));

        assertThat(wish.claims).isEqualTo(1);
        assertThat(results).hasSize(2);
    }

    @Test
    void sendsNothingAndTakesNoQuotaIfAnotherInstanceIsAtIt() {
        wish.open = false;

        authenticate(wish);
        authenticate(new Wish());
        time.advanceTimeBy(Duration.ofMillis(20));

        assertThat(empty).hasValue(1);
        assertThat(wish.claims).isZero();
        assertThat(results).as("the only place and the quota are free").hasSize(1);
    }

    @Test
    void sendsNothingIfTheClaimIsLost() {
        wish.claim = Mono.just(false);

        authenticate(wish);
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(iotda.authentications()).isEmpty();
        assertThat(empty).hasValue(1);
        authenticate(new Wish());
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(results).as("its place is free").hasSize(1);
    }

    @Test
    void leavesWhileItsClaimIsUnderWay() {
        wish.claim = Sinks.<Boolean>one().asMono();
        Disposable leaving = authenticate(wish);
        time.advanceTimeBy(Duration.ofSeconds(1));

        leaving.dispose();
        authenticate(new Wish());
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(iotda.authentications()).hasSize(1);
        assertThat(results).hasSize(1);
    }

    private Disposable authenticate(TokenWish by) {
        return authenticator
                .authenticate(D, by)
                .switchIfEmpty(Mono.fromRunnable(empty::incrementAndGet))
                .subscribe(results::add);
    }

    private RequestLimits limits() {
        return new RequestLimits(
                new RequestLimits.Shared(
                        Limits.breakers(
                                CircuitBreaker.ofDefaults("iotda"),
                                CircuitBreaker.ofDefaults("device-auth"),
                                clock,
                                clock,
                                this::nanoTime),
                        new RateLimiter(0, this::nanoTime),
                        rate,
                        new AtomicInteger(),
                        new AtomicInteger(),
                        new AtomicInteger()),
                new RequestLimits.Share(4, 1, false, Duration.ofSeconds(5)),
                time,
                this::nanoTime);
    }

    private long nanoTime() {
        return time.now(TimeUnit.NANOSECONDS);
    }

    private static final class Wish implements TokenWish {

        private boolean open = true;
        private Mono<Boolean> claim = Mono.just(true);
        private int claims;

        @Override
        public Mono<SharedToken> await() {
            return Mono.empty();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public Mono<Void> arrived() {
            return Mono.never();
        }

        @Override
        public Mono<Boolean> claim() {
            claims++;
            return claim;
        }

        @Override
        public long granted(Authentication.Granted token) {
            return 0;
        }

        @Override
        public void end() {}
    }
}
