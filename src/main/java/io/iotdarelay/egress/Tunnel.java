package io.iotdarelay.egress;

import io.iotdarelay.egress.ProxyCredentials.Login;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes connections to the platform through a proxy. Each asks for the platform by its name, and authenticates with what the
 * credentials' files contain at that time.
 *
 * <p>Reactor Netty has this, too, but resolves the proxy's name on the event loop, for each request, and uses its first address only.
 * Here a channel is connected to one of the proxy's addresses as if that were the platform's, and the first handler makes a tunnel of it.
 */
final class Tunnel {

    private final ProxyProperties proxy;
    private final InetSocketAddress platform;
    private final Duration atMost;
    private final ProxyCredentials credentials;

    /**
     * Connects nothing yet.
     *
     * @param platform where tunnels lead to; unresolved, unless it is an address
     * @param atMost how long the proxy may take
     */
    Tunnel(ProxyProperties proxy, InetSocketAddress platform, Duration atMost) {
        this.proxy = proxy;
        this.platform = platform;
        this.atMost = atMost;
        this.credentials = new ProxyCredentials(proxy);
    }

    /** Prepares a channel that is not connected yet. */
    void prepare(Channel channel) {
        channel.pipeline().addFirst(new Entrance());
    }

    /** Turns a connection to an address of the proxy into one to the platform through it. */
    private final class Entrance extends ChannelOutboundHandlerAdapter {

        @Override
        public void connect(
                ChannelHandlerContext context,
                SocketAddress proxyAddress,
                @Nullable SocketAddress localAddress,
                ChannelPromise connected) {
            login().subscribe(
                            login -> context.executor().execute(() -> {
                                try {
                                    context.pipeline().addFirst(handler(proxyAddress, login));
                                    ChannelFuture unused = context.connect(platform, localAddress, connected);
                                } catch (RuntimeException e) { // otherwise the request would hang until it times out
                                    connected.tryFailure(e);
                                }
                            }),
                            connected::tryFailure);
        }
    }

    private Mono<Optional<Login>> login() {
        return proxy.hasCredentials()
                ? Mono.fromCallable(credentials::read).subscribeOn(Schedulers.boundedElastic())
                : Mono.just(Optional.empty());
    }

    private ProxyHandler handler(SocketAddress proxyAddress, Optional<Login> login) {
        ProxyHandler handler = switch (proxy.type()) {
            case HTTP ->
                login.map(known -> new HttpProxyHandler(proxyAddress, known.username(), known.password()))
                        .orElseGet(() -> new HttpProxyHandler(proxyAddress));
            case SOCKS5 ->
                login.map(known -> new Socks5ProxyHandler(proxyAddress, known.username(), known.password()))
                        .orElseGet(() -> new Socks5ProxyHandler(proxyAddress));
        };
        handler.setConnectTimeoutMillis(atMost.toMillis());
        return handler;
    }
}
