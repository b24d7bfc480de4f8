package io.iotdarelay.desk;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * What open pages are told. The relay is looked at once for all of them, and only while there are any, the more rarely the more that is to be
 * written. A stream that is slow gets what is newest when it is ready again.
 */
final class Streams implements AutoCloseable {

    static final int MOST = 100;
    static final Duration EVERY = Duration.ofSeconds(2);
    static final Duration RARELY = Duration.ofSeconds(10);
    /** A page that is still there comes again, with its credentials. */
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(Streams.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How much is written to all streams together, at most, for each second. */
    private static final double BYTES_PER_SECOND = 2_000_000;

    private static final double MILLIS = 1000.0;

    private static final byte[] NOTHING = {};
    private static final byte[] BEGIN = text("retry: 3000\n\n");
    private static final byte[] BEAT = text("event: beat\ndata: {}\n\n");
    private static final byte[] BYE = text("event: bye\ndata: {}\n\n");

    private final Supplier<Mono<byte[]>> glance;
    private final InstantSource time;
    private final Scheduler thread;
    private final int mostPerAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();
    private final Sinks.Many<Boolean> ticks = Sinks.many().multicast().directBestEffort();
    private final Disposable clock;
    // Written on the thread.
    private volatile News relay = News.NONE;
    private volatile News sample = News.NONE;
    private volatile boolean closed;
    // Of the thread.
    private Instant due = Instant.EPOCH;
    private boolean asking;

    /** The newest of a kind, as it is written. Its number grows. */
    private static final class News {

        private static final News NONE = new News(0, NOTHING, Instant.EPOCH);

        private final long number;
        private final byte[] event;
        private final Instant at;

        private News(long number, byte[] event, Instant at) {
            this.number = number;
            this.event = event;
            this.at = at;
        }

        News next(byte[] newest, Instant now) {
            return new News(number + 1, newest, now);
        }
    }

    /**
     * Streams of these.
     *
     * @param glance how the relay is, in JSON; nothing if that is not known
     * @param mostPerAddress so many streams may come from one address, because others need connections, too
     */
    Streams(Supplier<Mono<byte[]>> glance, InstantSource time, Scheduler thread, int mostPerAddress) {
        this.glance = glance;
        this.time = time;
        this.thread = thread;
        this.mostPerAddress = mostPerAddress;
        this.clock = thread.schedulePeriodically(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    /** Whether there is room for one more. Whoever enters {@linkplain #leave leaves}. */
    boolean enter(InetAddress from) {
        if (closed || open.incrementAndGet() > MOST) {
            open.decrementAndGet();
            return false;
        }
        if (perAddress.merge(from, 1, Integer::sum) > mostPerAddress) {
            leave(from);
            return false;
        }
        if (open.get() == 1) {
            Disposable unused = thread.schedule(this::tick);
        }
        return true;
    }

    void leave(InetAddress from) {
        open.decrementAndGet();
        perAddress.computeIfPresent(from, (address, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        return open.get();
    }

    /** What one page is told. Each element is written when the one before is: then it has what is newest, or nothing. */
    Flux<Mono<byte[]>> stream() {
        Reader reader = new Reader();
        return Flux.concat(
                Mono.just(Mono.just(BEGIN)),
                Mono.just(Mono.fromSupplier(reader::next)),
                ticks.asFlux()
                        .map(beat -> Mono.fromSupplier(() -> reader.next(beat)))
                        .takeUntilOther(Mono.delay(LIFE, thread)),
                Mono.just(Mono.just(BYE)));
    }

    /** What one page has not been told. For one call at a time. */
    private final class Reader {

        private long relayTold;
        private long sampleTold;

        byte[] next() {
            return next(false);
        }

        byte[] next(boolean beat) {
            News newRelay = relay;
            News newSample = sample;
            boolean tellsRelay =
                    newRelay.number > relayTold && newRelay.at.plus(RARELY).isAfter(time.instant());
            boolean tellsSample = newSample.number > sampleTold;
            relayTold = newRelay.number;
            sampleTold = newSample.number;
            byte[] rest = tellsRelay ? newRelay.event : beat ? BEAT : NOTHING;
            return tellsSample ? joined(newSample.event, rest) : rest;
        }
    }

    /** A new sample of the history, in JSON. On the thread. */
    void sampled(byte[] json) {
        sample = sample.next(event("sample", json), time.instant());
        wake(false);
    }

    private void tick() {
        if (open.get() == 0 || asking || time.instant().isBefore(due)) {
            return;
        }
        asking = true;
        due = time.instant().plus(EVERY);
        Disposable unused = glance.get()
                .timeout(PATIENCE, thread)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .publishOn(thread)
                .doFinally(end -> asking = false)
                .subscribe(found -> found.ifPresentOrElse(this::told, () -> wake(true)), this::failed);
    }

    private void told(byte[] json) {
        byte[] event = event("relay", json);
        relay = relay.next(event, time.instant());
        due = time.instant().plus(pause(event.length, open.get()));
        wake(true);
    }

    /** Pages know at least that they are connected. */
    private void failed(Throwable failure) {
        log.atDebug().setCause(failure).log("The relay could not be looked at for the page");
        wake(true);
    }

    private void wake(boolean beat) {
        Sinks.EmitResult ignored = ticks.tryEmitNext(beat);
    }

    static Duration pause(int bytes, int streams) {
        long millis = Math.round(bytes / BYTES_PER_SECOND * streams * MILLIS);
        return Duration.ofMillis(Math.clamp(millis, EVERY.toMillis(), RARELY.toMillis()));
    }

    private static byte[] event(String name, byte[] json) {
        return joined(joined(text("event: " + name + "\ndata: "), json), text("\n\n"));
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = new byte[one.length + other.length];
        System.arraycopy(one, 0, both, 0, one.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** All streams end. */
    @Override
    public void close() {
        closed = true;
        clock.dispose();
        Sinks.EmitResult ignored = ticks.tryEmitComplete();
    }
}
