package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.access.Logins.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

class LoginsTest {

    private static final InetAddress SOMEWHERE = InetAddress.ofLiteral("192.0.2.1");
    private static final Account PLAIN = new Account("plain", "the plain one", Role.OPERATOR);
    private static final Account ENCODED =
            new Account("encoded", "{bcrypt}" + new BCryptPasswordEncoder(4).encode("the encoded one"), Role.VIEWER);
    private static final Account COSTLY =
            new Account("costly", "{bcrypt}" + new BCryptPasswordEncoder(5).encode("the costly one"), Role.VIEWER);

    private final AtomicLong now = new AtomicLong();
    private final Counting encoder = new Counting();

    /** Notes against which encodings a password was checked. */
    private static class Counting implements PasswordEncoder {

        private final PasswordEncoder real = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        private final List<String> checked = new ArrayList<>();

        @Override
        public String encode(@Nullable CharSequence password) {
            return String.valueOf(real.encode(password));
        }

        @Override
        public boolean matches(@Nullable CharSequence password, @Nullable String encoded) {
            checked.add(Objects.requireNonNull(encoded).replaceAll("(?<=.{14}).+", ""));
            return real.matches(password, encoded);
        }

        List<String> take() {
            List<String> taken = checked.stream().sorted().toList();
            checked.clear();
            return taken;
        }
    }

    @Test
    void takesTheRightPasswordOnly() {
        Logins logins = logins(PLAIN, ENCODED);

        assertThat(attempt(logins, "plain", "the plain one")).isEqualTo(new Outcome.Accepted(PLAIN));
        assertThat(attempt(logins, "encoded", "the encoded one")).isEqualTo(new Outcome.Accepted(ENCODED));
        assertThat(attempt(logins, "plain", "the encoded one")).isEqualTo(new Outcome.Refused(true));
        assertThat(attempt(logins, "encoded", "the plain one")).isEqualTo(new Outcome.Refused(true));
        assertThat(attempt(logins, "encoded", ENCODED.password())).isEqualTo(new Outcome.Refused(true));
        assertThat(attempt(logins, "Plain", "the plain one")).isEqualTo(new Outcome.Refused(false));
        assertThat(attempt(logins, "", "")).isEqualTo(new Outcome.Refused(false));
    }

    @Test
    void aRefusalCostsTheSameWhateverTheName() {
        Logins logins = logins(PLAIN, ENCODED, COSTLY);
        List<String> all = List.of("{bcrypt}$2a$04", "{bcrypt}$2a$05");

        for (String user : List.of("plain", "encoded", "costly", "nobody")) {
            assertThat(attempt(logins, user, "a guess")).isInstanceOf(Outcome.Refused.class);
            assertThat(encoder.take()).as(user).isEqualTo(all);
        }
    }

    @Test
    void anEncodedPasswordIsComputedOnceAndAPlainOneNever() {
        Logins logins = logins(PLAIN, ENCODED);

        for (int i = 0; i < 3; i++) {
            assertThat(attempt(logins, "plain", "the plain one")).isInstanceOf(Outcome.Accepted.class);
            assertThat(attempt(logins, "encoded", "the encoded one")).isInstanceOf(Outcome.Accepted.class);
        }

        assertThat(encoder.take()).containsExactly("{bcrypt}$2a$04");
    }

    @Test
    void whoFailedTooOftenIsNotEvenChecked() {
        Logins logins = logins(ENCODED);
        for (int i = 0; i < LoginThrottle.FREE_FAILURES; i++) {
            assertThat(attempt(logins, "encoded", "guess " + i)).isInstanceOf(Outcome.Refused.class);
        }
        encoder.take();

        assertThat(attempt(logins, "encoded", "the encoded one")).isEqualTo(new Outcome.Later(Duration.ofSeconds(1)));
        assertThat(encoder.take()).isEmpty();

        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(attempt(logins, "encoded", "the encoded one")).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void whatIsKnownNeedsNoComputation() {
        Logins logins = logins(PLAIN, ENCODED);

        assertThat(logins.known(SOMEWHERE, "plain", "the plain one")).contains(new Outcome.Accepted(PLAIN));
        assertThat(logins.known(SOMEWHERE, "plain", "a guess")).isEmpty();
        assertThat(logins.known(SOMEWHERE, "nobody", "a guess")).isEmpty();
        assertThat(logins.known(SOMEWHERE, "encoded", "the encoded one")).isEmpty();

        attempt(logins, "encoded", "the encoded one");
        encoder.take();

        assertThat(logins.known(SOMEWHERE, "encoded", "the encoded one")).contains(new Outcome.Accepted(ENCODED));
        for (int i = 0; i < LoginThrottle.FREE_FAILURES; i++) {
            attempt(logins, "plain", "guess " + i);
        }
        encoder.take();
        assertThat(logins.known(SOMEWHERE, "plain", "the plain one"))
                .contains(new Outcome.Later(Duration.ofSeconds(1)));
        assertThat(encoder.take()).isEmpty();
    }

    @Test
    void aPasswordThatIsTooLongForTheEncodingIsWrong() {
        Logins logins = logins(PLAIN, ENCODED);

        assertThat(attempt(logins, "encoded", "x".repeat(100))).isEqualTo(new Outcome.Refused(true));
        assertThat(attempt(logins, "plain", "x".repeat(100_000))).isEqualTo(new Outcome.Refused(true));
    }

    @Test
    void knowsWhichEncodingsItCanCheck() {
        assertThat(List.of(
                        PLAIN, ENCODED, new Account("a", "{noop}x", Role.VIEWER), new Account("a", "{", Role.VIEWER)))
                .allMatch(account -> Logins.canBeChecked(account, encoder));
        assertThat(Logins.canBeChecked(new Account("a", "{rot13}x", Role.VIEWER), encoder))
                .isFalse();
    }

    @Test
    void showsNoPassword() {
        assertThat(PLAIN.toString()).doesNotContain("the plain one");
    }

    private Logins logins(Account... accounts) {
        return new Logins(List.of(accounts), encoder, new LoginThrottle(now::get), new byte[] {1, 2, 3});
    }

    private static Outcome attempt(Logins logins, String user, String password) {
        return logins.attempt(SOMEWHERE, user, password);
    }
}
