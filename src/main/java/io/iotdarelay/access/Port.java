package io.iotdarelay.access;

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

    @Override
    public HttpServer apply(HttpServer server) {
        return server.idleTimeout(limits.idleTimeout()).doOnChannelInit((observer, channel, remote) -> {
            PortConnection connection = new PortConnection(connections, limits.requestTimeout());
            channel.pipeline().addFirst("relay.connection", connection);
            if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "relay.requests", connection.requests());
            }
        });
    }
}
