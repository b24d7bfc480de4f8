package io.iotdarelay.tokens;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TokenTableTest {

    private static final TokenKey KEY = TokenKey.of("k", new byte[32]);
    private static final DeviceId D = device("d");

    private final ManualClock clock = ManualClock.at("2026-11-30T12:00:00Z");
    private final TokenTable tokens = new TokenTable(100);
    private final List<String> written = new ArrayList<>();
    private boolean worthTrying = true;
    private boolean usable = true;
    private boolean keyIsHeld = true;
    private final TokenLog topic = new TokenLog() {
        @Override
        public boolean isUsable() {
            return usable;
        }

        @Override
        public boolean isWorthTrying() {
            return worthTrying;
        }

        @Override
        public void append(DeviceId device, Entry entry) {
            written.add("append " + device);
        }

        @Override
        public void delete(DeviceId device) {
            written.add("delete " + device);
        }

        @Override
        public void missed() {
            throw new AssertionError();
        }
    };
    private final Keys keys = new Keys() {
        @Override
        public TokenKey current() {
            return KEY;
        }

        @Override
        public boolean hold(TokenKey key) {
            return keyIsHeld;
        }
    };
    private final Sweep sweep = new Sweep(tokens, topic, keys, clock, Duration.ofMinutes(2));

    @Test
    void keepsTheNewest() {
        assertThat(tokens.newest(D)).isZero();
        assertThat(tokens.add(D, token(10, 100))).isTrue();
        assertThat(tokens.add(D, token(10, 100))).isFalse();
        assertThat(tokens.add(D, token(9, 100))).isFalse();
        assertThat(tokens.add(D, token(11, 100))).isTrue();

        assertThat(tokens.newest(D)).isEqualTo(now() + 11);
        assertThat(tokens.size()).isEqualTo(1);
    }

    @Test
    void aRefusedTokenStaysRefusedWhenItIsReadAgain() {
        tokens.add(D, token(10, 100));
        tokens.refuse(D, new AccessToken("other"));
        assertThat(state()).isEqualTo(KnownToken.State.STORED);
        tokens.refuse(D, new AccessToken("t"));
        tokens.add(D, token(10, 100));

        assertThat(state()).isEqualTo(KnownToken.State.REFUSED);
        tokens.refuse(device("e"), new AccessToken("t"));
        assertThat(tokens.size()).isEqualTo(1);
    }

    @Test
    void ofTwoThatWereFetchedAtTheSameTimeAllChooseTheSame() {
        KnownToken one = token("one", 10, 100);
        KnownToken other = token("other", 10, 100);

        assertThat(one.isNewerThan(one)).isFalse();
        assertThat(one.isNewerThan(other)).isNotEqualTo(other.isNewerThan(one));
        tokens.add(D, one);
        tokens.add(D, other);
        TokenTable reversed = new TokenTable(100);
        reversed.add(D, other);
        reversed.add(D, one);
        assertThat(Objects.requireNonNull(tokens.get(D)).token())
                .isEqualTo(Objects.requireNonNull(reversed.get(D)).token());
    }

    @Test
    void knowsWhatTheLastRecordOfADeviceHolds() {
        assertThat(tokens.read(D, null)).isFalse();
        assertThat(tokens.get(D)).isNull();
        assertThat(tokens.read(D, token(10, 100))).isTrue();
        assertThat(state()).isEqualTo(KnownToken.State.STORED);

        assertThat(tokens.read(D, null)).isFalse();
        assertThat(state()).as("a claim without it").isEqualTo(KnownToken.State.UNSTORED);
        assertThat(tokens.read(D, token(10, 100))).isFalse();
        assertThat(state()).isEqualTo(KnownToken.State.STORED);
        tokens.read(D, token(9, 100));
        assertThat(state()).as("an older one").isEqualTo(KnownToken.State.UNSTORED);
        tokens.hide(D);
        assertThat(state()).isEqualTo(KnownToken.State.HIDDEN);
        tokens.forgetWhatIsStored();
        assertThat(state()).isEqualTo(KnownToken.State.UNSTORED);
        tokens.read(D, token(10, 100));
        tokens.readDeletion(D, now() + 99);
        assertThat(state()).as("it lives").isEqualTo(KnownToken.State.UNSTORED);
        tokens.readDeletion(D, now() + 100);
        assertThat(tokens.get(D)).isNull();
    }

    @Test
    void whatWasRefusedRemainsSoWhateverIsRead() {
        tokens.add(D, token(10, 100));
        tokens.refuse(D, new AccessToken("t"));

        tokens.read(D, null);
        tokens.hide(D);
        tokens.forgetWhatIsStored();
        tokens.readDeletion(D, now());

        assertThat(state()).isEqualTo(KnownToken.State.REFUSED);
    }

    @Test
    void theNewestIsOneThatLives() {
        tokens.add(D, token(10, 100));

        assertThat(tokens.newest(D, now() + 99)).isEqualTo(now() + 10);
        assertThat(tokens.newest(D, now() + 100)).isZero();
        assertThat(tokens.newest(device("e"), now())).isZero();
    }

    @Test
    void evictsWhatExpiresSoonest() {
        for (int i = 0; i < 200; i++) {
            tokens.add(device("d" + i), token(0, i < 50 ? 10 : 1000));
        }

        tokens.keepWithinBound();

        assertThat(tokens.size()).isEqualTo(100);
        int left = 0;
        for (int i = 0; i < 50; i++) {
            left += tokens.get(device("d" + i)) == null ? 0 : 1;
        }
        assertThat(left).as("of those that expire soon").isLessThan(10);
    }

    @Test
    void goesRound() {
        assertThat(tokens.next()).isNull();
        tokens.add(D, token(0, 10));

        assertThat(tokens.next()).isNotNull();
        assertThat(tokens.next()).isNotNull();
    }

    @Test
    void deletesWhatHasExpiredForSomeTime() {
        tokens.add(D, token(0, 10));
        tokens.add(device("e"), token(0, 1_000_000));

        clock.advance(Duration.ofMinutes(2));
        sweep.some();
        assertThat(written).isEmpty();
        clock.advance(Duration.ofMillis(11));
        sweep.some();
        sweep.some();

        assertThat(written).containsExactly("delete d");
        assertThat(tokens.size()).isEqualTo(1);
    }

    @Test
    void deletesAtALimitedRate() {
        TokenTable many = new TokenTable(10_000);
        for (int i = 0; i < 2_000; i++) {
            many.add(device("d" + i), token(0, 10));
        }
        clock.advance(Duration.ofHours(1));

        new Sweep(many, topic, keys, clock, Duration.ofMinutes(2)).some();

        assertThat(written).hasSize(500);
        assertThat(many.size()).isEqualTo(1_500);
    }

    @Test
    void writesAgainWhatHasNotComeBack() {
        tokens.add(D, token(0, 1_000_000).as(KnownToken.State.UNSTORED));

        sweep.some();
        assertThat(written).isEmpty();
        clock.advance(Duration.ofSeconds(31));
        sweep.some();
        assertThat(written).containsExactly("append d");
        clock.advance(Duration.ofSeconds(29));
        sweep.some();
        assertThat(written).as("while it may be on its way back").hasSize(1);
        tokens.read(D, token(-31_000, 1_000_000 - 31_000));
        sweep.some();

        assertThat(state()).isEqualTo(KnownToken.State.STORED);
        assertThat(written).hasSize(1);
    }

    @Test
    void writesNothingWhileThatHasNoChanceAndForgetsNothing() {
        tokens.add(D, token(0, 10));
        tokens.add(device("e"), token(0, 1_000_000).as(KnownToken.State.UNSTORED));
        clock.advance(Duration.ofMinutes(3));
        worthTrying = false;

        sweep.some();

        assertThat(written).isEmpty();
        assertThat(tokens.size()).isEqualTo(2);
        worthTrying = true;
        sweep.some();
        assertThat(written).containsExactlyInAnyOrder("delete d", "append e");
    }

    @Test
    void doesNotDeleteWhatMayNotBeTheLast() {
        tokens.add(D, token(0, 10).as(KnownToken.State.HIDDEN));
        tokens.add(device("e"), token(0, 10).as(KnownToken.State.UNSTORED));
        tokens.add(device("f"), token(0, 10).as(KnownToken.State.REFUSED));
        clock.advance(Duration.ofMinutes(3));

        sweep.some();

        assertThat(written).isEmpty();
        assertThat(tokens.size()).isZero();
    }

    @Test
    void writesNothingThatNobodyCouldRead() {
        tokens.add(D, token(0, 1_000_000).as(KnownToken.State.UNSTORED));
        clock.advance(Duration.ofMinutes(1));
        keyIsHeld = false;

        sweep.some();

        assertThat(written).isEmpty();
    }

    @Test
    void triesWithOneRecordWhetherTheTopicCanBeWrittenAgain() {
        tokens.add(D, token(0, 1_000_000));
        tokens.add(device("e"), token(0, 1_000_000));
        sweep.some();
        assertThat(written).isEmpty();
        usable = false;

        sweep.some();

        assertThat(written).hasSize(1);
    }

    private KnownToken.State state() {
        return Objects.requireNonNull(tokens.get(D)).state();
    }

    /** Times are relative to now. */
    private KnownToken token(long fetchedAt, long expiresAt) {
        return token("t", fetchedAt, expiresAt);
    }

    private KnownToken token(String value, long fetchedAt, long expiresAt) {
        return new KnownToken(
                new AccessToken(value),
                now() + fetchedAt,
                now() + expiresAt,
                Fingerprint.of(KEY, new DeviceCredentials(D, new DeviceSecret("12345678"))),
                KEY);
    }

    private long now() {
        return clock.millis();
    }
}
