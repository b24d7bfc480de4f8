package io.iotdarelay.iotda;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * A connection with one request in flight at a time. It goes back to its pool when the response has been read, and is closed where it
 * cannot be used again: the server says so, the response did not come to its end, or something comes that nobody asked for. Belongs to its
 * event loop.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

    /** Responses are short; a longer one is read up to here. */
    private static final int MAX_RESPONSE = 65_536;

    /** Room for the next response, which is as short as most. */
    private static final int KEPT = 256;

    private static final byte[] EMPTY = {};

    private final ConnectionPool pool;
    private final Channel channel;
    private final int generation;
    private final long expiresAt;
    private long idleSince;
    private boolean gone;
    private long deadline;
    private boolean isAlarmSet;

    private @Nullable HttpExchange exchange;
    private @Nullable HttpResponse response;
    private @Nullable ChannelFuture lastWrite;
    private byte[] body = EMPTY;
    private int length;
    private boolean isDone;

    /**
     * Takes an established connection over.
     *
     * @param generation of the trust it was made with
     * @param expiresAt in the pool's nanoseconds
     */
    HttpConnection(ConnectionPool pool, Connection established, int generation, long expiresAt) {
        this.pool = pool;
        this.channel = established.channel();
        this.generation = generation;
        this.expiresAt = expiresAt;
        channel.pipeline().remove(NettyPipeline.ReactiveBridge);
        channel.pipeline().addLast(new HttpResponseDecoder(), this);
        channel.config().setAutoRead(true);
    }

    boolean isOpen() {
        return !gone && channel.isActive();
    }

    int generation() {
        return generation;
    }

    long expiresAt() {
        return expiresAt;
    }

    long idleSince() {
        return idleSince;
    }

    void idleSince(long nanos) {
        idleSince = nanos;
    }

    /** Whether it has carried a request before. */
    boolean isUsed() {
        return lastWrite != null;
    }

    /** Writes a request, and releases it. Its exchange learns what comes of it, in time, unless the connection is closed here first. */
    void send(HttpExchange sender, ByteBuf request, long timeout) {
        exchange = sender;
        deadline = pool.nanoTime() + timeout;
        if (!isAlarmSet) {
            setAlarm(timeout);
        }
        lastWrite = channel.writeAndFlush(request);
        lastWrite.addListener((ChannelFuture written) -> {
            if (!written.isSuccess()) {
                fail(sender, written.cause());
            }
        });
    }

    /** One alarm serves many requests: setting one for each would cost more than looking whether it rings too early. */
    private void setAlarm(long delay) {
        isAlarmSet = true;
        Future<?> unused = channel.eventLoop().schedule(this::alarm, delay, TimeUnit.NANOSECONDS);
    }

    private void alarm() {
        isAlarmSet = false;
        HttpExchange waiting = exchange;
        if (waiting == null) {
            return;
        }
        long left = deadline - pool.nanoTime();
        if (left > 0) {
            setAlarm(left);
        } else {
            waiting.late();
        }
    }

    /** Closes the connection; its exchange, if there is one, is not told. */
    void close() {
        exchange = null;
        leave();
        ChannelFuture unused = channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            HttpExchange receiver = exchange;
            if (receiver == null) {
                close();
            } else if (message instanceof HttpObject part
                    && part.decoderResult().isFailure()) {
                fail(receiver, part.decoderResult().cause());
            } else {
                read(receiver, message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpExchange receiver, Object message) {
        if (message instanceof HttpResponse head) {
            response = head;
            receiver.responseBegan();
        }
        if (message instanceof HttpContent content) {
            append(content.content());
            boolean complete = message instanceof LastHttpContent;
            if (complete && isInformational()) {
                response = null;
            } else if (complete || length >= MAX_RESPONSE) {
                end(receiver, complete);
            }
        }
    }

    /** Something like 100 Continue, before the response proper. */
    private boolean isInformational() {
        return response != null
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    }

    private void append(ByteBuf part) {
        int more = Math.min(part.readableBytes(), MAX_RESPONSE - length);
        if (length + more > body.length) {
            body = Arrays.copyOf(body, Math.min(MAX_RESPONSE, Math.max(length + more, 2 * body.length)));
        }
        part.getBytes(part.readerIndex(), body, length, more);
        length += more;
    }

    private void end(HttpExchange receiver, boolean complete) {
        HttpResponse head = response;
        if (head == null) {
            fail(receiver, new IOException("a response without a beginning"));
            return;
        }
        HttpAnswer answer = new HttpAnswer(
                head.status().code(),
                Optional.ofNullable(head.headers().get(HttpHeaderNames.RETRY_AFTER)),
                new String(body, 0, length, StandardCharsets.UTF_8));
        exchange = null;
        response = null;
        length = 0;
        body = body.length > KEPT ? EMPTY : body;
        if (complete && mayCarryMore(head)) {
            isDone = true;
        } else {
            close();
        }
        receiver.answered(answer);
    }

    /** Only now: what else was read must not be taken for the response to the next request. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (isDone && !gone) {
            isDone = false;
            pool.release(this);
        }
    }

    /** A server that responds before it has read the request need not read the rest of it. */
    private boolean mayCarryMore(HttpResponse last) {
        return HttpUtil.isKeepAlive(last)
                && last.status().code() >= HttpResponseStatus.OK.code()
                && lastWrite != null
                && lastWrite.isSuccess();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        leave();
        HttpExchange waiting = exchange;
        if (waiting != null) {
            fail(waiting, new ConnectionClosedException(response == null));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        HttpExchange waiting = exchange;
        if (waiting == null) {
            close();
        } else {
            fail(waiting, failure);
        }
    }

    /** The exchange may be over, and another one in flight. */
    @SuppressWarnings("ReferenceEquality") // that very exchange
    private void fail(HttpExchange failed, Throwable failure) {
        if (exchange == failed) {
            close();
            failed.failed(failure);
        }
    }

    private void leave() {
        if (!gone) {
            gone = true;
            pool.gone(this);
        }
    }

    /** The server closed the connection before it had responded. */
    static final class ConnectionClosedException extends IOException {

        private static final long serialVersionUID = 1;

        ConnectionClosedException(boolean beforeResponse) {
            super("the server closed the connection " + (beforeResponse ? "before it responded" : "within a response"));
        }
    }
}
