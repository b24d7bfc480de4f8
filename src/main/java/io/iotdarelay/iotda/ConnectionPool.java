package io.iotdarelay.iotda;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.netty.Connection;

/**
 * The connections of one event loop, to which everything here belongs. The one that was used last is used next, so that those that are not
 * needed are closed when they have been idle too long.
 */
final class ConnectionPool {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /** How much sooner than its maximum age a connection may be replaced, so that not all are at once. */
    private static final double AGE_VARIANCE = 0.1;

    /** Multiples of it, without their whole parts, spread evenly between 0 and 1. */
    private static final double GOLDEN_RATIO = 0.618_033_988_749_895;

    /**
     * What bounds the connections.
     *
     * @param most how many there may be at a time
     */
    record Bounds(int most, Duration maxIdle, Duration maxAge) {}

    private final Connector connector;
    private final Bounds bounds;
    private final LongSupplier nanoTime;
    private final Future<?> regularly;
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private final Deque<HttpExchange> waiting = new ArrayDeque<>();
    private int open;
    private int made;
    private int generation;

    ConnectionPool(Connector connector, Bounds bounds, EventLoop loop, LongSupplier nanoTime) {
        this.connector = connector;
        this.bounds = bounds;
        this.nanoTime = nanoTime;
        this.regularly = loop.scheduleAtFixedRate(
                this::closeUnneeded, LOOK_EVERY.toNanos(), LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** An open connection, if there is one that waits for work. */
    @Nullable
    HttpConnection takeIdle() {
        for (HttpConnection next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            if (isGood(next, nanoTime.getAsLong())) {
                return next;
            }
            next.close();
        }
        return null;
    }

    /** Makes a connection for the exchange, or gives it the next one that is released if there are as many as there may be. */
    void connect(HttpExchange exchange) {
        if (open >= bounds.most() && !idle.isEmpty()) {
            idle.removeLast().close();
        }
        if (open >= bounds.most()) {
            exchange.waits();
            waiting.add(exchange);
        } else {
            begin(exchange);
        }
    }

    private void begin(HttpExchange exchange) {
        open++;
        int trust = generation;
        Disposable.Swap attempt = Disposables.swap();
        exchange.connecting(attempt);
        // The channel keeps its first subscriber as long as it is open: that must not keep the exchange, with the
        // records it carries.
        AtomicReference<@Nullable HttpExchange> wanting = new AtomicReference<>(exchange);
        attempt.update(
                connector.connect().subscribe(established -> connected(taken(wanting), established, trust), failure -> {
                    gaveUp();
                    taken(wanting).failed(failure);
                }));
    }

    private static HttpExchange taken(AtomicReference<@Nullable HttpExchange> wanting) {
        return Objects.requireNonNull(wanting.getAndSet(null));
    }

    private void connected(HttpExchange exchange, Connection established, int trust) {
        HttpConnection connection = new HttpConnection(this, established, trust, expiry());
        if (trust != generation) {
            connection.close();
            connect(exchange);
        } else if (connection.isOpen()) {
            exchange.send(connection);
        } else {
            connection.close();
            exchange.failed(new HttpConnection.ConnectionClosedException(true));
        }
    }

    private long expiry() {
        double sooner = AGE_VARIANCE * ((++made * GOLDEN_RATIO) % 1);
        return nanoTime.getAsLong() + (long) (bounds.maxAge().toNanos() * (1 - sooner));
    }

    /** A connection that was being made is not wanted any more, or could not be made. */
    void gaveUp() {
        open--;
        serve();
    }

    /** The exchange waits no longer. */
    void forget(HttpExchange exchange) {
        waiting.remove(exchange);
    }

    /** The connection has done its work and may do more. */
    void release(HttpConnection connection) {
        long now = nanoTime.getAsLong();
        connection.idleSince(now);
        if (!isGood(connection, now)) {
            connection.close();
            return;
        }
        HttpExchange next = waiting.poll();
        if (next == null) {
            idle.addFirst(connection);
        } else {
            next.send(connection);
        }
    }

    /** The connection is closed. */
    void gone(HttpConnection connection) {
        idle.remove(connection);
        open--;
        serve();
    }

    private void serve() {
        while (open < bounds.most() && !waiting.isEmpty()) {
            begin(waiting.remove());
        }
    }

    /** Uses no connection again that was made with the trust until now. */
    void renew() {
        generation++;
        closeUnneeded();
    }

    private boolean isGood(HttpConnection connection, long now) {
        return connection.isOpen()
                && connection.generation() == generation
                && connection.expiresAt() - now > 0
                && now - connection.idleSince() < bounds.maxIdle().toNanos();
    }

    private void closeUnneeded() {
        long now = nanoTime.getAsLong();
        for (HttpConnection each : List.copyOf(idle)) {
            if (!isGood(each, now)) {
                each.close();
            }
        }
    }

    /** Closes what is idle, for the end. */
    void close() {
        regularly.cancel(false);
        List.copyOf(idle).forEach(HttpConnection::close);
    }
}
