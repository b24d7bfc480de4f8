package io.iotdarelay.tokens;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvelopeTest {

    private static final String ENDPOINT = "https://iotda.example:443";
    private static final DeviceCredentials D = new DeviceCredentials(device("d"), new DeviceSecret("12345678"));
    private static final Claim CLAIM = new Claim(1, 2, 3, 4, false);

    @TempDir
    Path directory;

    private Keyring keys;
    private Envelope envelope;

    @BeforeEach
    void prepare() {
        KeyFiles.write(directory, "k1", 1);
        KeyFiles.write(directory, "k2", 2);
        keys = Keyring.of(directory, "k1");
        envelope = new Envelope(ENDPOINT, keys, new SplittableRandom(1));
    }

    @Test
    void opensWhatItSealed() {
        KnownToken token = token(keys.current(), "the-token");

        Entry opened = good(envelope.open(D.device(), envelope.seal(D.device(), new Entry(CLAIM, token))));

        assertThat(opened.claim()).isEqualTo(CLAIM);
        KnownToken read = Objects.requireNonNull(opened.token());
        assertThat(read.token()).isEqualTo(new AccessToken("the-token"));
        assertThat(read.fetchedAt()).isEqualTo(1000);
        assertThat(read.expiresAt()).isEqualTo(2000);
        assertThat(read.isFor(D, 1500)).isTrue();
        assertThat(read.state()).isEqualTo(KnownToken.State.STORED);
    }

    @Test
    void sealsAClaimAloneAndATokenAlone() {
        assertThat(good(envelope.open(D.device(), envelope.seal(D.device(), new Entry(CLAIM, null)))))
                .isEqualTo(new Entry(CLAIM, null));
        assertThat(good(envelope.open(D.device(), envelope.seal(D.device(), Entry.of(token(keys.current(), "t")))))
                        .claim())
                .isNull();
    }

    @Test
    void sealsThatAClaimIsOver() {
        Claim over = CLAIM.over(5);

        assertThat(good(envelope.open(D.device(), envelope.seal(D.device(), new Entry(over, null)))))
                .isEqualTo(new Entry(new Claim(1, 2, 3, 5, true), null));
    }

    @Test
    void theLongestTokenFits() {
        String longest = "x".repeat(256);

        Entry opened = good(envelope.open(
                D.device(), envelope.seal(D.device(), new Entry(CLAIM, token(keys.current(), longest)))));

        assertThat(Objects.requireNonNull(opened.token()).token().value()).isEqualTo(longest);
    }

    @Test
    void isGoodForThisDeviceAndEndpointOnly() {
        byte[] sealed = envelope.seal(D.device(), new Entry(CLAIM, token(keys.current(), "t")));

        assertIgnored(envelope.open(device("e"), sealed), "undecryptable");
        assertIgnored(
                new Envelope("https://other.example:443", keys, new SplittableRandom(1)).open(D.device(), sealed),
                "undecryptable");
    }

    @Test
    void anyKeyOpensAndTheTokensOwnKeySeals() {
        TokenKey second = keys.find("k2").orElseThrow();

        byte[] sealed = envelope.seal(D.device(), Entry.of(token(second, "t")));

        assertThat(new String(sealed, 2, 2, StandardCharsets.US_ASCII)).isEqualTo("k2");
        assertThat(good(envelope.open(D.device(), sealed)).token()).isNotNull();
        sealed[3] = '3';
        assertIgnored(envelope.open(D.device(), sealed), "unknown-key");
        sealed[3] = '1';
        assertIgnored(envelope.open(D.device(), sealed), "undecryptable");
    }

    @Test
    void whateverWasChangedIsIgnored() {
        byte[] sealed = envelope.seal(D.device(), new Entry(CLAIM, token(keys.current(), "t")));
        for (int i = 0; i < sealed.length * 8; i++) {
            byte[] changed = sealed.clone();
            changed[i / 8] ^= (byte) (1 << i % 8);
            assertThat(envelope.open(D.device(), changed)).isInstanceOf(Envelope.Opened.Ignored.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            assertThat(envelope.open(D.device(), Arrays.copyOf(sealed, length)))
                    .isInstanceOf(Envelope.Opened.Ignored.class);
        }
    }

    @Test
    void anythingElseIsIgnored() {
        Seeds.each(2_000, random -> {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            if (garbage.length > 4 && random.nextBoolean()) {
                garbage[0] = 1;
                garbage[1] = 2;
                garbage[2] = 'k';
                garbage[3] = '1';
            }
            assertThat(envelope.open(D.device(), garbage)).isInstanceOf(Envelope.Opened.Ignored.class);
        });
        assertIgnored(envelope.open(D.device(), new byte[5000]), "garbled");
    }

    @Test
    void noNonceIsUsedTwice() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            byte[] sealed = envelope.seal(D.device(), new Entry(CLAIM, null));
            nonces.add(Arrays.toString(Arrays.copyOfRange(sealed, 4, 16)));
        }

        assertThat(nonces).hasSize(1000);
    }

    @Test
    void aFingerprintDependsOnKeyDeviceAndSecret() {
        TokenKey key = keys.current();
        Set<Fingerprint> all = Set.of(
                Fingerprint.of(key, D),
                Fingerprint.of(keys.find("k2").orElseThrow(), D),
                Fingerprint.of(key, new DeviceCredentials(device("e"), D.secret())),
                Fingerprint.of(key, new DeviceCredentials(D.device(), new DeviceSecret("1234567"))));

        assertThat(all).hasSize(4);
        assertThat(Fingerprint.of(key, D)).isIn(all);
    }

    @Test
    void nothingIsPrinted() {
        assertThat(keys.current()).hasToString("(token key k1)");
        assertThat(new Entry(CLAIM, token(keys.current(), "the-token")).toString())
                .contains("(stored token)")
                .doesNotContain("the-token");
    }

    private static KnownToken token(TokenKey key, String value) {
        return new KnownToken(new AccessToken(value), 1000, 2000, Fingerprint.of(key, D), key);
    }

    private static Entry good(Envelope.Opened opened) {
        assertThat(opened).isInstanceOf(Envelope.Opened.Good.class);
        return ((Envelope.Opened.Good) opened).entry();
    }

    private static void assertIgnored(Envelope.Opened opened, String reason) {
        assertThat(opened).isEqualTo(new Envelope.Opened.Ignored(reason));
    }

    @Test
    void aDeviceIdFitsIntoItsLengthByte() {
        DeviceId longest = device("x".repeat(DeviceId.MAX_LENGTH));

        assertThat(envelope.open(longest, envelope.seal(longest, new Entry(CLAIM, null))))
                .isInstanceOf(Envelope.Opened.Good.class);
    }
}
