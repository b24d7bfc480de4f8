package io.iotdarelay.access;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.springframework.web.server.ServerWebExchange;

/** Where requests come from. */
final class Clients {

    private Clients() {}

    /** The client's address; behind a proxy it is the proxy's, unless {@code server.forward-headers-strategy} says otherwise. */
    static InetAddress address(ServerWebExchange exchange) {
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        return remote == null || remote.getAddress() == null ? InetAddress.getLoopbackAddress() : remote.getAddress();
    }
}
