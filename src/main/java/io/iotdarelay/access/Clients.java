package io.iotdarelay.access;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.springframework.web.server.ServerWebExchange;

/** Where requests come from. */
final class Clients {

    /** Stands for clients whose address is not known: a proxy forwarded none that can be read. */
    private static final InetAddress UNKNOWN = InetAddress.ofLiteral("0.0.0.0");

    private static final int IPV6_NETWORK_BYTES = 8;
    private static final int IPV6_BYTES = 16;

    private Clients() {}

    /** The client's address; behind a proxy it is the proxy's, unless {@code server.forward-headers-strategy} says otherwise. */
    static InetAddress address(ServerWebExchange exchange) {
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        return remote == null || remote.getAddress() == null ? UNKNOWN : remote.getAddress();
    }

    /** An IPv6 client has a whole network of addresses; they count as one. */
    static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.toString(bytes.length == IPV6_BYTES ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }
}
