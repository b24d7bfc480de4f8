package io.iotdarelay.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The sessions of browsers, in the memory of this instance. A session ends when it was not used for a while, when it is too old, by
 * logging out, or when its user begins too many others: the oldest makes room. Callable from any thread.
 */
final class Sessions {

    static final int MOST = 1_000;
    static final int MOST_PER_USER = 20;

    private static final int ID_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanoTime;
    private final Cache<String, Session> sessions;

    /**
     * Remembers nobody yet.
     *
     * @param idle how long a session lasts without a request
     * @param whole how long it lasts at most
     */
    Sessions(LongSupplier nanoTime, Duration idle, Duration whole) {
        this.nanoTime = nanoTime;
        sessions = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfter(Expiry.<String, Session>accessing((id, session) -> left(session, idle, whole)))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    private Duration left(Session session, Duration idle, Duration whole) {
        Duration left = whole.minusNanos(nanoTime.getAsLong() - session.startedAt());
        return left.isNegative() ? Duration.ZERO : left.compareTo(idle) < 0 ? left : idle;
    }

    /** Begins a session, always with an ID of its own. */
    Session begin(Account account) {
        sessions.cleanUp();
        makeRoom(each -> each.account().name().equals(account.name()), MOST_PER_USER);
        makeRoom(each -> true, MOST);
        Session session = new Session(newId(), account, nanoTime.getAsLong());
        sessions.put(session.id(), session);
        return session;
    }

    /** The session with that ID, which lasts longer now. */
    Optional<Session> use(String id) {
        return Optional.ofNullable(sessions.getIfPresent(id));
    }

    void end(String id) {
        sessions.invalidate(id);
    }

    /** How many there are. */
    long size() {
        sessions.cleanUp();
        return sessions.estimatedSize();
    }

    private void makeRoom(Predicate<Session> among, int most) {
        List<Session> oldestFirst = sessions.asMap().values().stream()
                .filter(among)
                .sorted(Comparator.comparingLong(session -> session.startedAt() - nanoTime.getAsLong()))
                .toList();
        oldestFirst.stream().limit(Math.max(0, oldestFirst.size() - most + 1)).forEach(each -> end(each.id()));
    }

    private String newId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
