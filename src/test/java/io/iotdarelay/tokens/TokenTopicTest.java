package io.iotdarelay.tokens;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.auth.SharedTokensStatus;
import io.iotdarelay.auth.TokenWish;
import io.iotdarelay.metrics.TokenStoreMeters;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import io.iotdarelay.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The topic as it is read, and the store that is made of it. */
class TokenTopicTest {

    private static final DeviceCredentials D = new DeviceCredentials(device("d"), new DeviceSecret("12345678"));

    @TempDir
    Path directory;

    private final ManualClock clock = ManualClock.at("2026-11-30T12:00:00Z");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final VirtualTimeScheduler loop = VirtualTimeScheduler.create();
    private final TokenTable tokens = new TokenTable(2);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<DeviceId> newer = new ArrayList<>();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private Keyring keys;
    private Envelope envelope;
    private TokenWriter writer;
    private TokenTopic topic;
    private StoredTokens stored;

    @BeforeEach
    void prepare() {
        KeyFiles.write(directory, "k", 1);
        keys = Keyring.of(directory, "k");
        envelope = new Envelope("https://e:443", keys, new SplittableRandom(1));
        TokenStoreMeters meters = new TokenStoreMeters(registry);
        writer = new TokenWriter("tokens", envelope, thread, () -> producer, clock::nanoTime, meters);
        Sharing sharing = new Sharing(tokens, writer, keys, clock, clock::nanoTime, 1, Duration.ofSeconds(25));
        topic = new TokenTopic(
                "tokens",
                sharing,
                tokens,
                writer,
                envelope,
                new Sweep(tokens, writer, keys, clock, Duration.ofMinutes(1)),
                meters,
                clock);
        stored = new StoredTokens(sharing, tokens, topic, writer, keys, clock);
        stored.follow(loop, newer::add);
    }

    @AfterEach
    void end() {
        thread.shutdownNow();
    }

    @Test
    void aStartWaitsUntilTheTopicWasReadAndNotLongerThanTenSeconds() {
        assertThat(stored.startWaitsFor()).hasValue("the store of tokens is being read");
        topic.polled(true, false);
        assertThat(stored.startWaitsFor()).isPresent();
        clock.advance(Duration.ofSeconds(10));
        assertThat(stored.startWaitsFor()).isEmpty();
        assertThat(status())
                .as("it is not well before it was read")
                .isEqualTo(new SharedTokensStatus(
                        false, 0, Optional.of("the topic tokens is being read"), Optional.empty()));
    }

    @Test
    void theTenSecondsBeginWhenReadingDoes() {
        clock.advance(Duration.ofSeconds(20));
        topic.trouble("Kafka cannot be reached");
        clock.advance(Duration.ofSeconds(20));
        assertThat(stored.startWaitsFor()).isEmpty();

        topic.begins();

        assertThat(stored.startWaitsFor()).isPresent();
        clock.advance(Duration.ofSeconds(9));
        assertThat(stored.startWaitsFor()).isPresent();
        clock.advance(Duration.ofSeconds(1));
        assertThat(stored.startWaitsFor()).isEmpty();
        topic.begins();
        topic.trouble("Kafka cannot be reached");
        assertThat(stored.startWaitsFor()).isEmpty();
    }

    @Test
    void isNotUsedBeforeItWasReadAgain() {
        topic.begins();
        topic.polled(false, true);
        assertThat(writer.isUsable()).isTrue();

        topic.begins();
        topic.polled(true, false);

        assertThat(writer.isUsable()).isFalse();
        assertThat(status().trouble()).hasValue("the topic tokens is being read");
        assertThat(stored.startWaitsFor()).as("what runs waits for nothing").isEmpty();
        topic.polled(true, true);
        assertThat(writer.isUsable()).isTrue();
        assertThat(status().trouble()).isEmpty();
    }

    @Test
    void isFilledAgainIfItWasEmptied() throws Exception {
        topic.begins();
        read("d", Entry.of(token("t", 0)));
        read("e", Entry.of(token("u", 0)));
        topic.polled(true, true);

        topic.begins();
        read("e", Entry.of(token("u", 0)));
        clock.advance(Duration.ofSeconds(31));
        topic.polled(true, true);

        assertThat(written()).containsExactly("d");
    }

    @Test
    void deletesNothingThatItCannotRead() throws Exception {
        read("d", Entry.of(token("t", 0)));
        topic.read(record("d".getBytes(StandardCharsets.UTF_8), new byte[10]));
        topic.polled(true, true);
        clock.advance(Duration.ofHours(2));

        topic.polled(false, true);

        assertThat(tokens.size()).isZero();
        assertThat(written()).isEmpty();
    }

    @Test
    void aStartDoesNotWaitForWhatWasRead() {
        topic.polled(false, true);

        assertThat(stored.startWaitsFor()).isEmpty();
        assertThat(writer.isUsable()).isTrue();
        assertThat(status().loaded()).isTrue();
    }

    @Test
    void aStartDoesNotWaitForWhatIsMissing() {
        topic.trouble("the topic tokens does not exist");

        assertThat(stored.startWaitsFor()).isEmpty();
        assertThat(writer.isUsable()).isFalse();
        assertThat(status().trouble()).hasValue("the topic tokens does not exist");
    }

    @Test
    void isPickedUpWhenItCanBeReadAgain() {
        topic.trouble("why");
        topic.trouble("why");
        topic.polled(false, false);
        assertThat(status().trouble()).isPresent();

        topic.polled(false, true);

        assertThat(status().trouble()).isEmpty();
        assertThat(writer.isUsable()).isTrue();
    }

    @Test
    void findsWhatItRead() {
        read("d", Entry.of(token("t", 0)));
        topic.polled(true, true);

        assertThat(stored.knows(D.device())).isTrue();
        assertThat(stored.knows(device("e"))).isFalse();
        assertThat(stored.find(D)).hasValueSatisfying(found -> {
            assertThat(found.token()).isEqualTo(new AccessToken("t"));
            assertThat(found.lifetime()).isEqualTo(Duration.ofHours(1));
            assertThat(found.age()).isZero();
        });
        clock.advance(Duration.ofMinutes(59));
        assertThat(stored.find(D)).isPresent();
        clock.advance(Duration.ofSeconds(30));
        assertThat(stored.find(D)).as("too late to use").isEmpty();
    }

    @Test
    void doesNotFindWhatWasRefused() {
        read("d", Entry.of(token("t", 0)));

        stored.refused(D.device(), new AccessToken("t"));

        assertThat(stored.find(D)).isEmpty();
    }

    @Test
    void tellsTheLoopsWhatIsNewButNotWhatWasThereAtTheStart() {
        read("d", Entry.of(token("t", 0)));
        topic.polled(true, true);
        loop.advanceTime();
        int atFirst = newer.size();
        read("d", Entry.of(token("u", 1)));
        topic.polled(true, true);
        loop.advanceTime();

        assertThat(atFirst).isZero();
        assertThat(newer).containsExactly(D.device());
    }

    @Test
    void ignoresWhatCannotBeReadAndSaysHowMuch() {
        topic.read(record(null, new byte[10]));
        topic.read(record("no device".getBytes(StandardCharsets.UTF_8), new byte[10]));
        topic.read(record("d".getBytes(StandardCharsets.UTF_8), new byte[10]));
        read("d", Entry.of(token("t", Duration.ofMinutes(6).toMillis())));

        assertThat(ignored("garbled")).isEqualTo(3);
        assertThat(ignored("future")).isEqualTo(1);
        assertThat(tokens.size()).isZero();
    }

    @Test
    void aTombstoneDeletesWhatHasExpired() {
        read("d", Entry.of(token("t", 0)));

        topic.read(record("d".getBytes(StandardCharsets.UTF_8), null));
        assertThat(stored.knows(D.device())).isTrue();
        clock.advance(Duration.ofHours(1));
        topic.read(record("d".getBytes(StandardCharsets.UTF_8), null));

        assertThat(stored.knows(D.device())).isFalse();
    }

    @Test
    void keepsWithinItsBound() {
        for (int i = 0; i < 10; i++) {
            read("d" + i, Entry.of(token("t", 0)));
        }
        topic.polled(true, true);

        assertThat(status().tokens()).isEqualTo(2);
    }

    @Test
    void forgetsWhatHasExpired() {
        read("d", Entry.of(token("t", 0)));
        topic.polled(true, true);
        clock.advance(Duration.ofHours(2));

        topic.polled(false, true);

        assertThat(tokens.size()).isZero();
    }

    @Test
    void saysWhatIsWrongWithTheKeys() {
        KeyFiles.write(directory, "k", "AAAA");
        keys.refresh();

        assertThat(status().keyTrouble()).hasValue("the key k has 3 bytes instead of 32");
    }

    @Test
    void makesWishes() {
        TokenWish wish = stored.wish(D, 0, loop);

        assertThat(wish.isOpen()).isTrue();
        assertThat(wish.await().blockOptional()).isEmpty();
        assertThat(wish.claim().block()).as("the topic cannot be used yet").isTrue();
    }

    /** The devices whose records were written, deletions included. */
    private List<String> written() throws Exception {
        thread.submit(() -> {}).get();
        return producer.history().stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .toList();
    }

    private SharedTokensStatus status() {
        return stored.status().orElseThrow();
    }

    private double ignored(String reason) {
        return registry.get("relay.tokens.store.ignored")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private void read(String device, Entry entry) {
        topic.read(record(device.getBytes(StandardCharsets.UTF_8), envelope.seal(device(device), entry)));
    }

    private KnownToken token(String value, long later) {
        long now = clock.millis() + later;
        return new KnownToken(
                new AccessToken(value),
                now,
                now + Duration.ofHours(1).toMillis(),
                Fingerprint.of(keys.current(), D),
                keys.current());
    }

    private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>("tokens", 0, 0, key, value);
    }
}
