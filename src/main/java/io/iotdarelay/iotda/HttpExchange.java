package io.iotdarelay.iotda;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One request and its response, with a time limit. Belongs to its event loop; may be started and disposed of by any thread.
 *
 * <p>A server may close an idle connection just when a request is written to it: a request that fails on a reused connection without a byte
 * of response is resent at once on a new connection, once. Whether the server had processed it is then unknown.
 */
final class HttpExchange implements Disposable {

    /** Who wants a response. Told once how it ended. */
    interface Caller {

        /** The request, each time that it is sent. */
        ByteBuf request();

        /** It is resent, because the connection had been closed. */
        void connectionLost();

        void answered(HttpAnswer answer);

        void failed(Throwable failure);
    }

    /**
     * How long things may take.
     *
     * @param connection until a new connection is there: a name, a proxy and TLS may each take a while
     * @param response from the request to the last byte of the response
     */
    record Limits(Duration connection, Duration response) {}

    private final EventLoop loop;
    private final ConnectionPool pool;
    private final Limits limits;
    private final Caller caller;
    private @Nullable HttpConnection connection;
    private @Nullable Disposable connecting;
    private @Nullable Future<?> alarm;
    private boolean reused;
    private boolean responded;
    private boolean resent;
    private boolean done;

    HttpExchange(EventLoop loop, ConnectionPool pool, Limits limits, Caller caller) {
        this.loop = loop;
        this.pool = pool;
        this.limits = limits;
        this.caller = caller;
    }

    /** Sends the request. */
    void start() {
        if (loop.inEventLoop()) {
            begin();
        } else {
            loop.execute(this::begin);
        }
    }

    private void begin() {
        if (!done) {
            HttpConnection kept = pool.takeIdle();
            if (kept == null) {
                connect();
            } else {
                send(kept);
            }
        }
    }

    private void connect() {
        alarm = loop.schedule(this::late, limits.connection().toNanos(), TimeUnit.NANOSECONDS);
        pool.connect(this);
    }

    /** A connection is being made. Disposing gives it up. */
    void connecting(Disposable attempt) {
        connecting = attempt;
    }

    /** No connection can be made for now. */
    void waits() {
        connecting = null;
    }

    /** There is a connection that may have been used before. */
    void send(HttpConnection to) {
        connecting = null;
        connection = to;
        reused = to.isUsed();
        responded = false;
        stopAlarm();
        ByteBuf request;
        try {
            request = caller.request();
        } catch (RuntimeException defect) {
            to.close();
            failed(defect);
            return;
        }
        to.send(this, request, limits.response().toNanos());
    }

    /** The response begins. */
    void responseBegan() {
        responded = true;
    }

    /** The response is there; the connection is no longer this exchange's. */
    void answered(HttpAnswer answer) {
        end();
        caller.answered(answer);
    }

    /** There is no connection, or it is closed, and there is no response. */
    void failed(Throwable failure) {
        connection = null;
        connecting = null;
        if (reused && !responded && !resent && failure instanceof IOException) {
            resent = true;
            caller.connectionLost();
            connect();
        } else {
            end();
            caller.failed(failure);
        }
    }

    /** It takes too long. */
    void late() {
        withdraw();
        caller.failed(new TimeoutException());
    }

    @Override
    public void dispose() {
        if (!loop.inEventLoop()) {
            loop.execute(this::dispose);
        } else if (!done) {
            withdraw();
        }
    }

    private void withdraw() {
        HttpConnection busy = connection;
        Disposable attempt = connecting;
        end();
        if (busy != null) {
            busy.close();
        } else if (attempt != null) {
            attempt.dispose();
            pool.gaveUp();
        } else {
            pool.forget(this);
        }
    }

    private void end() {
        done = true;
        connection = null;
        connecting = null;
        stopAlarm();
    }

    private void stopAlarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }
}
