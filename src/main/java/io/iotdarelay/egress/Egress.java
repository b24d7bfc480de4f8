package io.iotdarelay.egress;

import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpResources;
import reactor.netty.transport.ClientTransport;
import reactor.netty.transport.ClientTransportConfig;

/** The way to one server, for every connection: directly, or through a proxy. */
public final class Egress {

    private final Names names;
    private final Optional<Tunnel> tunnel;
    private final NetworkFailures failures;

    /**
     * With Netty's own DNS client.
     *
     * @param key what the proxy's key is below
     * @param connectTimeout how long resolving a name may take, and then a tunnel through the proxy
     */
    public Egress(Origin server, @Nullable ProxyProperties proxy, String key, Duration connectTimeout) {
        this(server, proxy, key, connectTimeout, Egress::nettysDns);
    }

    /** Another context in the same process may close Reactor Netty's resources; they are asked for when they are needed. */
    @SuppressWarnings("unchecked") // that is what its resolvers resolve to
    private static AddressResolverGroup<InetSocketAddress> nettysDns() {
        return (AddressResolverGroup<InetSocketAddress>) HttpResources.get().getOrCreateDefaultResolver();
    }

    /** The same with other names. */
    public Egress(
            Origin server,
            @Nullable ProxyProperties proxy,
            String key,
            Duration connectTimeout,
            Supplier<AddressResolverGroup<InetSocketAddress>> dns) {
        String host = server.host();
        InetSocketAddress platform = address(host, server.port());
        Optional<ProxyProperties> used = Optional.ofNullable(proxy).filter(configured -> configured.isFor(host));
        this.names = new Names(
                dns, used.map(through -> address(through.requiredHost(), through.requiredPort())), connectTimeout);
        this.tunnel = used.map(through -> new Tunnel(through, platform, connectTimeout));
        this.failures = new NetworkFailures(host, used, key + ".proxy");
    }

    /** A client whose connections go this way. */
    public <C extends ClientTransportConfig<C>, T extends ClientTransport<T, C>> T via(T client) {
        T resolving = client.resolver(names);
        return tunnel.map(
                        through -> resolving.doOnChannelInit((observer, channel, address) -> through.prepare(channel)))
                .orElse(resolving);
    }

    /** What failures on the way mean. */
    public NetworkFailures failures() {
        return failures;
    }

    /** Resolves nothing. */
    private static InetSocketAddress address(String host, int port) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return address == null ? InetSocketAddress.createUnresolved(host, port) : new InetSocketAddress(address, port);
    }
}
