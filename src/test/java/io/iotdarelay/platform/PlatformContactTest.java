package io.iotdarelay.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.PlatformContact.Trouble;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class PlatformContactTest {

    private static final Optional<Trouble> REACHED = Optional.empty();
    private static final Optional<Trouble> REFUSED = Optional.of(new Trouble("connection refused", false));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Queue<Mono<Optional<Trouble>>> handshakes = new ArrayDeque<>();
    private final List<Long> bounds = new ArrayList<>();
    private final LongestWaits dice = new LongestWaits();
    private int attempts;

    private final PlatformContact contact = new PlatformContact(
            Mono.defer(() -> {
                attempts++;
                return handshakes.remove();
            }),
            time,
            dice);

    @AfterEach
    void stop() {
        contact.close();
        time.dispose();
    }

    @Test
    void hasNotReachedThePlatformBeforeTheFirstAnswer() {
        handshakes.add(Mono.never());
        contact.begin();
        time.advanceTime();

        assertThat(contact.trouble().map(Trouble::describe)).hasValue("waiting for the platform: no answer yet");
        assertThat(attempts).isOne();
    }

    @Test
    void hasReachedItForGoodWithTheFirstHandshake() {
        handshakes.add(Mono.just(REACHED));
        contact.begin();
        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(contact.trouble()).isEmpty();
        assertThat(attempts).isOne();
    }

    @Test
    void saysWhyTheLastAttemptFailed() {
        handshakes.add(Mono.just(REFUSED));
        handshakes.add(Mono.just(Optional.of(new Trouble("no TLS", true))));
        contact.begin();
        time.advanceTime();
        assertThat(contact.trouble()).isEqualTo(REFUSED);

        handshakes.add(Mono.never());
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(contact.trouble()).hasValue(new Trouble("no TLS", true));
    }

    @Test
    void triesAgainWithFullJitterBetweenOneAndThirtySeconds() {
        for (int i = 0; i < 70; i++) {
            handshakes.add(Mono.just(REFUSED));
        }
        handshakes.add(Mono.just(REACHED));
        contact.begin();
        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(contact.trouble()).isEmpty();
        assertThat(attempts).isEqualTo(71);
        assertThat(bounds)
                .startsWith(1000L, 2000L, 4000L, 8000L, 16000L, 30000L)
                .hasSize(70);
        assertThat(bounds.subList(5, 70)).containsOnly(30000L);
    }

    @Test
    void givesUpWhenItIsClosed() {
        handshakes.add(Mono.just(REFUSED));
        contact.begin();
        time.advanceTime();
        contact.close();
        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(attempts).isOne();
        assertThat(contact.trouble()).isEqualTo(REFUSED);
    }

    @Test
    void cancelsTheHandshakeThatIsUnderWayWhenItIsClosed() {
        List<String> seen = new ArrayList<>();
        handshakes.add(Mono.<Optional<Trouble>>never().doOnCancel(() -> seen.add("cancelled")));
        contact.begin();
        time.advanceTime();
        contact.close();

        assertThat(seen).containsExactly("cancelled");
    }

    /** Draws the longest wait there is, and notes it. */
    private final class LongestWaits implements RandomGenerator {

        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            bounds.add(bound - 1);
            return bound - 1;
        }
    }
}
