package io.iotdarelay.access;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection. From its beginning, and from the first byte of each further request, the client has so much time to send a request
 * completely.
 */
final class PortConnection extends ChannelInboundHandlerAdapter {

    private final PortConnections connections;
    private final Duration requestTimeout;
    private InetAddress address = InetAddress.getLoopbackAddress();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> deadline;
    private State state = State.RECEIVING;

    private enum State {
        RECEIVING,
        ANSWERING,
        IDLE
    }

    PortConnection(PortConnections connections, Duration requestTimeout) {
        this.connections = connections;
        this.requestTimeout = requestTimeout;
    }

    InetAddress address() {
        return address;
    }

    /** Whether a complete request is being answered. */
    boolean isAnswering() {
        return state == State.ANSWERING;
    }

    void close() {
        if (context != null) {
            Future<?> unused = context.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().remoteAddress() instanceof InetSocketAddress remote) {
            address = remote.getAddress();
        }
        if (!connections.admit(this)) {
            close();
            return;
        }
        ctx.channel().closeFuture().addListener(closed -> end());
        begin(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (deadline == null && state != State.ANSWERING) {
            begin(ctx);
        }
        ctx.fireChannelRead(message);
    }

    /** Comes behind the codec, and sees the end of each request and of each response. */
    ChannelDuplexHandler requests() {
        return new ChannelDuplexHandler() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof LastHttpContent) {
                    state = State.ANSWERING;
                    cancel();
                }
                ctx.fireChannelRead(message);
            }

            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                if (message instanceof LastHttpContent && state == State.ANSWERING) {
                    state = State.IDLE;
                }
                Future<?> unused = ctx.write(message, promise);
            }
        };
    }

    private void begin(ChannelHandlerContext ctx) {
        state = State.RECEIVING;
        deadline = ctx.executor().schedule(this::close, requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void end() {
        cancel();
        connections.remove(this);
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
