package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private static final InetAddress SOMEWHERE = address("192.0.2.1");
    private static final InetAddress ELSEWHERE = address("192.0.2.2");

    private final AtomicLong now =
            new AtomicLong(Long.MAX_VALUE - Duration.ofMinutes(1).toNanos());
    private final LoginThrottle throttle = new LoginThrottle(now::get);

    @Test
    void aFewFailuresCostNothingAndEachFurtherOneDoublesTheWait() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            now.addAndGet(Duration.ofMinutes(2).toNanos());
            throttle.failed(SOMEWHERE, "operator");
            waits.add(throttle.wait(SOMEWHERE, "operator").toSeconds());
        }

        assertThat(waits).containsExactly(0L, 0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void theWaitEnds() {
        fail(SOMEWHERE, "operator", 7);
        assertThat(throttle.wait(SOMEWHERE, "operator")).isEqualTo(Duration.ofSeconds(4));

        now.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(throttle.wait(SOMEWHERE, "operator")).isEqualTo(Duration.ofSeconds(1));

        now.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(throttle.wait(SOMEWHERE, "operator")).isZero();
    }

    @Test
    void neitherAnotherAddressNorAnotherNameWaits() {
        fail(SOMEWHERE, "operator", 10);

        assertThat(throttle.wait(ELSEWHERE, "operator")).isZero();
        assertThat(throttle.wait(SOMEWHERE, "viewer")).isZero();
    }

    @Test
    void aSuccessForgetsTheNameButNotTheAddress() {
        fail(SOMEWHERE, "operator", 10);

        throttle.succeeded(SOMEWHERE, "operator");

        assertThat(throttle.wait(SOMEWHERE, "operator")).isZero();
        fail(SOMEWHERE, "another", 1);
        fail(SOMEWHERE, "third", 4);
        fail(SOMEWHERE, "fourth", 4);
        assertThat(throttle.wait(SOMEWHERE, "fifth")).isZero();
        fail(SOMEWHERE, "fifth", 1);
        assertThat(throttle.wait(SOMEWHERE, "sixth")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anAddressThatTriesManyNamesGetsOneAttemptPerSecond() {
        for (int i = 0; i < LoginThrottle.FAILURES_PER_ADDRESS; i++) {
            assertThat(throttle.wait(SOMEWHERE, "name-" + i))
                    .as("failure %s", i)
                    .isZero();
            throttle.failed(SOMEWHERE, "name-" + i);
        }

        int attempts = 0;
        for (int tenth = 0; tenth < 600; tenth++) {
            now.addAndGet(Duration.ofMillis(100).toNanos());
            if (throttle.wait(SOMEWHERE, "next-" + tenth).isZero()) {
                throttle.failed(SOMEWHERE, "next-" + tenth);
                attempts++;
            }
        }

        assertThat(attempts).isBetween(59, 61);
        assertThat(throttle.wait(ELSEWHERE, "operator")).isZero();
    }

    @Test
    void aMonitorWithTheWrongPasswordKeepsNobodyOut() {
        for (int scrape = 0; scrape < 1000; scrape++) {
            now.addAndGet(Duration.ofSeconds(15).toNanos());
            throttle.failed(SOMEWHERE, "monitor");
        }

        assertThat(throttle.wait(SOMEWHERE, "operator")).isZero();
    }

    @Test
    void theAddressesOfAnIpv6NetworkCountAsOne() {
        for (int i = 0; i < LoginThrottle.FAILURES_PER_ADDRESS; i++) {
            throttle.failed(address("2001:db8:0:1::" + Integer.toHexString(i + 1)), "operator-" + i);
        }

        assertThat(throttle.wait(address("2001:db8:0:1::ffff"), "operator")).isPositive();
        assertThat(throttle.wait(address("2001:db8:0:2::1"), "operator")).isZero();
    }

    @Test
    void whatItRemembersIsBounded() {
        for (int i = 0; i < 60_000; i++) {
            throttle.failed(address("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)), "name-" + i);
        }

        assertThat(throttle.size()).isLessThanOrEqualTo(20_000);
    }

    @Test
    void remembersOnlyTheBeginningOfALongName() {
        String name = "x".repeat(6000);
        fail(SOMEWHERE, name, 5);

        assertThat(throttle.wait(SOMEWHERE, name)).isPositive();
        assertThat(throttle.wait(SOMEWHERE, name.substring(0, 64))).isPositive();
        assertThat(throttle.wait(SOMEWHERE, name.substring(0, 63))).isZero();
    }

    private void fail(InetAddress address, String user, int times) {
        for (int i = 0; i < times; i++) {
            throttle.failed(address, user);
        }
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }
}
