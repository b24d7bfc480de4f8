package io.iotdarelay.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long a client must wait after failed logins. After a few failures for a name, each further one doubles the wait; and an
 * address has only so many failures, whatever the names. The memory is bounded. Callable from any thread.
 */
final class LoginThrottle {

    static final int FREE_FAILURES = 5;
    static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    /** How many failures an address may have at once; one is forgiven each second. */
    static final int FAILURES_PER_ADDRESS = 20;

    private static final double FORGIVEN_PER_SECOND = 1;
    private static final double NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int MOST_DOUBLINGS = 6;

    private static final int LONGEST_USER = 64;

    /** As much of a name as matters: a client may send very long ones. */
    private record Name(String address, String user) {

        private Name {
            user = user.length() > LONGEST_USER ? user.substring(0, LONGEST_USER) : user;
        }
    }

    private record Failures(int count, long lastAt) {}

    private final LongSupplier nanoTime;
    private final Cache<Name, Failures> byName;
    private final DecayingCounts byAddress;

    LoginThrottle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        byName = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(FORGOTTEN_AFTER)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
        byAddress = new DecayingCounts(nanoTime, FORGIVEN_PER_SECOND);
    }

    /** Zero if the client may try now. */
    Duration wait(InetAddress address, String user) {
        String network = Clients.network(address);
        Duration forName = waitForName(byName.getIfPresent(new Name(network, user)));
        Duration forAddress = waitForAddress(network);
        return forName.compareTo(forAddress) > 0 ? forName : forAddress;
    }

    void failed(InetAddress address, String user) {
        String network = Clients.network(address);
        long now = nanoTime.getAsLong();
        byName.asMap()
                .merge(
                        new Name(network, user),
                        new Failures(1, now),
                        (former, one) -> new Failures(former.count() + 1, now));
        byAddress.add(network);
    }

    /** The name's failures are forgotten; those of the address are not, for it may have guessed other names. */
    void succeeded(InetAddress address, String user) {
        byName.invalidate(new Name(Clients.network(address), user));
    }

    /** How much is remembered, at most. */
    long size() {
        byName.cleanUp();
        return byName.estimatedSize() + byAddress.size();
    }

    private Duration waitForName(@Nullable Failures failures) {
        if (failures == null || failures.count() < FREE_FAILURES) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures.count() - FREE_FAILURES, MOST_DOUBLINGS);
        Duration whole = Duration.ofSeconds(1L << doublings);
        Duration wait = whole.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : whole;
        return positive(wait.minusNanos(nanoTime.getAsLong() - failures.lastAt()));
    }

    private Duration waitForAddress(String network) {
        double tooMany = byAddress.of(network) - (FAILURES_PER_ADDRESS - 1);
        return tooMany <= 0 ? Duration.ZERO : Duration.ofNanos((long) (tooMany / FORGIVEN_PER_SECOND * NANOS));
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
