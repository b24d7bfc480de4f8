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

    private static final Duration FORGIVEN_AFTER = Duration.ofSeconds(1);
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

    private record Failures(double count, long lastAt) {}

    private final LongSupplier nanoTime;
    private final Cache<Name, Failures> byName;
    private final Cache<String, Failures> byAddress;

    LoginThrottle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        byName = bounded(nanoTime);
        byAddress = bounded(nanoTime);
    }

    private static <K, V> Cache<K, V> bounded(LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(FORGOTTEN_AFTER)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Zero if the client may try now. */
    Duration wait(InetAddress address, String user) {
        String network = Clients.network(address);
        Duration forName = waitForName(byName.getIfPresent(new Name(network, user)));
        Duration forAddress = waitForAddress(byAddress.getIfPresent(network));
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
        byAddress.asMap().compute(network, (any, former) -> new Failures(remaining(former) + 1, now));
    }

    /** The name's failures are forgotten; those of the address are not, for it may have guessed other names. */
    void succeeded(InetAddress address, String user) {
        byName.invalidate(new Name(Clients.network(address), user));
    }

    /** How much is remembered, at most. */
    long size() {
        byName.cleanUp();
        byAddress.cleanUp();
        return byName.estimatedSize() + byAddress.estimatedSize();
    }

    private Duration waitForName(@Nullable Failures failures) {
        if (failures == null || failures.count() < FREE_FAILURES) {
            return Duration.ZERO;
        }
        int doublings = (int) Math.min(failures.count() - FREE_FAILURES, MOST_DOUBLINGS);
        Duration whole = Duration.ofSeconds(1L << doublings);
        Duration wait = whole.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : whole;
        return positive(wait.minusNanos(nanoTime.getAsLong() - failures.lastAt()));
    }

    private Duration waitForAddress(@Nullable Failures failures) {
        double tooMany = remaining(failures) - (FAILURES_PER_ADDRESS - 1);
        return tooMany <= 0 ? Duration.ZERO : Duration.ofNanos((long) (tooMany * FORGIVEN_AFTER.toNanos()));
    }

    private double remaining(@Nullable Failures failures) {
        if (failures == null) {
            return 0;
        }
        double forgiven = (nanoTime.getAsLong() - failures.lastAt()) / (double) FORGIVEN_AFTER.toNanos();
        return Math.max(0, failures.count() - forgiven);
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
