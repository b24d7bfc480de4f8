package io.iotdarelay.access;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** Puts the limits into each connection of the HTTP port. */
final class Port implements NettyServerCustomizer {

    private final AccessProperties limits;
    private final PortConnections connections;

    Port(AccessProperties limits) {
        this.limits = limits;
        connections = new PortConnections(limits.maxConnections(), limits.maxConnectionsPerAddress());
    }

    /** Closes a connection whose client does not read what it asked for. */
    private static final class SlowReaders extends WriteTimeoutHandler {

        SlowReaders(long nanos) {
            super(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        protected void writeTimedOut(ChannelHandlerContext context) {
            Future<?> unused = context.close();
        }
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.idleTimeout(limits.idleTimeout()).doOnChannelInit((observer, channel, remote) -> {
            PortConnection connection = new PortConnection(connections, limits.requestTimeout());
            channel.pipeline()
                    .addFirst("relay.connection", connection)
                    .addFirst(
                            "relay.writes",
                            new SlowReaders(limits.requestTimeout().toNanos()));
            if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "relay.requests", connection.requests());
            }
        });
    }
}
