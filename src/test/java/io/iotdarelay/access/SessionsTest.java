package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionsTest {

    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration WHOLE = Duration.ofHours(12);
    private static final Account USER = new Account("user", "a password", Role.VIEWER);

    private final AtomicLong now =
            new AtomicLong(Long.MAX_VALUE - Duration.ofHours(1).toNanos()); // it wraps around
    private final Sessions sessions = new Sessions(now::get, IDLE, WHOLE);

    @Test
    void aSessionLastsAsLongAsItIsUsed() {
        String id = sessions.begin(USER).id();

        for (int i = 0; i < 20; i++) {
            pass(IDLE.minusNanos(1));
            assertThat(sessions.use(id))
                    .as("after use " + i)
                    .map(Session::account)
                    .contains(USER);
        }
        pass(IDLE);

        assertThat(sessions.use(id)).isEmpty();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void aSessionEndsHoweverMuchItIsUsed() {
        String id = sessions.begin(USER).id();

        for (Duration age = Duration.ZERO; age.compareTo(WHOLE) < 0; age = age.plusMinutes(10)) {
            assertThat(sessions.use(id)).as("at the age of " + age).isPresent();
            pass(Duration.ofMinutes(10));
        }

        assertThat(sessions.use(id)).isEmpty();
    }

    @Test
    void loggingOutEndsOneSessionOnly() {
        String one = sessions.begin(USER).id();
        String other = sessions.begin(USER).id();

        sessions.end(one);

        assertThat(sessions.use(one)).isEmpty();
        assertThat(sessions.use(other)).isPresent();
    }

    @Test
    void aUsersOldestSessionMakesRoom() {
        String others =
                sessions.begin(new Account("other", "a password", Role.VIEWER)).id();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            pass(Duration.ofMillis(1));
            ids.add(sessions.begin(USER).id());
        }

        assertThat(sessions.use(others)).isPresent();
        assertThat(ids.subList(2000 - Sessions.MOST_PER_USER, 2000))
                .allSatisfy(id -> assertThat(sessions.use(id)).isPresent());
        assertThat(sessions.use(ids.get(2000 - Sessions.MOST_PER_USER - 1))).isEmpty();
        assertThat(sessions.size()).isEqualTo(Sessions.MOST_PER_USER + 1);
        assertThat(new HashSet<>(ids)).hasSize(2000).allMatch(id -> id.matches("[A-Za-z0-9_-]{43}"));
    }

    @Test
    void thereAreOnlySoManySessions() {
        String last = "";
        for (int i = 0; i < 2 * Sessions.MOST; i++) {
            pass(Duration.ofMillis(1));
            last = sessions.begin(new Account("user " + i, "a password", Role.VIEWER))
                    .id();
            assertThat(sessions.use(last)).isPresent();
        }

        assertThat(sessions.size()).isEqualTo(Sessions.MOST);
        assertThat(sessions.use(last)).isPresent();
    }

    @Test
    void showsNoSecret() {
        Session session = sessions.begin(USER);

        assertThat(session.toString()).doesNotContain(session.id()).doesNotContain("a password");
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
