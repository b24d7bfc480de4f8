package io.iotdarelay.desk;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class StreamsTest {

    private static final int PER_ADDRESS = 10;

    private final ManualClock clock = ManualClock.at("2026-12-01T03:00:00Z");
    private final VirtualTimeScheduler thread = VirtualTimeScheduler.create();
    private final AtomicInteger looks = new AtomicInteger();
    private Mono<byte[]> glance = Mono.fromSupplier(() -> bytes("{\"n\":" + looks.incrementAndGet() + "}"));
    private final Streams streams = new Streams(() -> glance, clock, thread, PER_ADDRESS);

    @AfterEach
    void close() {
        streams.close();
        thread.dispose();
    }

    @Test
    void theRelayIsLookedAtOnceForAllPagesAndOnlyWhileThereAreAny() {
        after(60);
        assertThat(looks).hasValue(0);

        Page one = open(1);
        Page other = open(1);
        after(20);

        assertThat(looks.get()).isBetween(9, 11);
        assertThat(one.told("relay")).isEqualTo(looks.get());
        assertThat(other.text()).isEqualTo(one.text());

        one.leave();
        other.leave();
        after(60);
        assertThat(looks.get()).isLessThanOrEqualTo(11);
        assertThat(streams.open()).isZero();
    }

    @Test
    void aSlowPageGetsWhatIsNewestAndNothingPilesUp() {
        Page quick = open(1);
        Page slow = open(1, 2); // it takes the greeting and the first word, and then no more
        after(60);

        assertThat(quick.told("relay")).isGreaterThan(25);
        int before = slow.written.size();
        slow.take(10);
        after(2);

        // What it takes now is the newest, once
        assertThat(slow.written.size()).isGreaterThan(before);
        assertThat(slow.told("relay")).isLessThanOrEqualTo(3);
        assertThat(slow.text()).contains("{\"n\":" + looks.get() + "}");
    }

    @Test
    void aPageThatNothingIsKnownForIsToldThatItIsConnected() {
        glance = Mono.error(new IllegalStateException("some defect"));
        Page page = open(1);
        after(20);
        assertThat(page.told("beat")).isGreaterThan(5);
        assertThat(page.text()).doesNotContain("some defect");

        glance = Mono.never();
        int before = page.told("beat");
        after(30);
        assertThat(page.told("beat")).isGreaterThan(before + 2);
    }

    @Test
    void samplesComeAtOnce() {
        Page page = open(1);
        after(1);

        streams.sampled(bytes("[1,2]"));

        assertThat(page.text()).endsWith("event: sample\ndata: [1,2]\n\n");
    }

    @Test
    void aStreamEndsAndThePageComesAgain() {
        Page page = open(1);
        after(Streams.LIFE.toSeconds() + 1);

        assertThat(page.text()).startsWith("retry: 3000\n\n").endsWith("event: bye\ndata: {}\n\n");
        assertThat(page.isOver).isTrue();
        assertThat(streams.open()).isZero();
    }

    @Test
    void thereIsRoomForSoManyAltogetherAndOfAnAddress() {
        for (int i = 0; i < PER_ADDRESS; i++) {
            assertThat(streams.enter(address(1))).isTrue();
        }
        assertThat(streams.enter(address(1))).isFalse();
        for (int i = PER_ADDRESS; i < Streams.MOST; i++) {
            assertThat(streams.enter(address(2 + i / PER_ADDRESS))).isTrue();
        }
        assertThat(streams.enter(address(99))).isFalse();
        assertThat(streams.open()).isEqualTo(Streams.MOST);

        streams.leave(address(1));

        assertThat(streams.enter(address(1))).isTrue();
        assertThat(streams.enter(address(1))).isFalse();
    }

    @Test
    void theMoreThereIsToWriteTheMoreRarelyItIsWritten() {
        assertThat(Streams.pause(10_000, 1)).isEqualTo(Streams.EVERY);
        assertThat(Streams.pause(100_000, 100)).isEqualTo(Duration.ofSeconds(5));
        assertThat(Streams.pause(10_000_000, 100)).isEqualTo(Streams.RARELY);
    }

    @Test
    void atAStopAllStreamsEnd() {
        Page page = open(1);
        after(3);

        streams.close();

        assertThat(page.isOver).isTrue();
        assertThat(streams.enter(address(1))).isFalse();
    }

    /** Somebody who looks. Each element is written before the next one is asked for, as an HTTP server does. */
    private final class Page {
        private final List<String> written = new ArrayList<>();
        private final InetAddress from;
        private final BaseSubscriber<Mono<byte[]>> subscriber;
        private boolean isOver;

        Page(InetAddress from, long room) {
            this.from = from;
            assertThat(streams.enter(from)).isTrue();
            this.subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    subscription.request(room == 0 ? Long.MAX_VALUE : room);
                }

                @Override
                protected void hookOnNext(Mono<byte[]> event) {
                    byte[] bytes = event.block();
                    if (bytes != null && bytes.length > 0) {
                        written.add(new String(bytes, StandardCharsets.UTF_8));
                    }
                }

                @Override
                protected void hookOnComplete() {
                    isOver = true;
                    streams.leave(from);
                }
            };
            streams.stream().subscribe(subscriber);
        }

        void take(long more) {
            subscriber.request(more);
        }

        void leave() {
            subscriber.dispose();
            streams.leave(from);
        }

        String text() {
            return String.join("", written);
        }

        int told(String event) {
            return text().split("event: " + event + "\n", -1).length - 1;
        }
    }

    private Page open(int host) {
        return open(host, 0);
    }

    private Page open(int host, long room) {
        return new Page(address(host), room);
    }

    private void after(long seconds) {
        for (int i = 0; i < seconds; i++) {
            clock.advance(Duration.ofSeconds(1));
            thread.advanceTimeBy(Duration.ofSeconds(1));
        }
    }

    private static InetAddress address(int host) {
        return InetAddress.ofLiteral("10.0.0." + host);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
