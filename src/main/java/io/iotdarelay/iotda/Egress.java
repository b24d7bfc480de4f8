package io.iotdarelay.iotda;

import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.netty.http.HttpResources;
import reactor.netty.transport.ClientTransport;
import reactor.netty.transport.ClientTransportConfig;

/** The way to the platform, for every connection: directly, or through a proxy. */
final class Egress {

    private final Names names;
    private final Optional<Tunnel> tunnel;
    private final NetworkFailures failures;

    /** With Netty's own DNS client. */
    Egress(IotdaProperties properties) {
        this(properties, Egress::nettysDns);
    }

    /** Another context in the same process may close Reactor Netty's resources; they are asked for when they are needed. */
    @SuppressWarnings("unchecked") // that is what its resolvers resolve to
    private static AddressResolverGroup<InetSocketAddress> nettysDns() {
        return (AddressResolverGroup<InetSocketAddress>) HttpResources.get().getOrCreateDefaultResolver();
    }

    Egress(IotdaProperties properties, Supplier<AddressResolverGroup<InetSocketAddress>> dns) {
        URI server = URI.create(properties.origin());
        String host = host(server);
        InetSocketAddress platform = address(host, Connector.port(server));
        Optional<ProxyProperties> proxy =
                Optional.ofNullable(properties.proxy()).filter(configured -> configured.isFor(host));
        this.names = new Names(
                dns,
                proxy.map(through -> address(through.requiredHost(), through.requiredPort())),
                properties.connectTimeout());
        this.tunnel = proxy.map(through -> new Tunnel(through, platform, properties.connectTimeout()));
        this.failures = new NetworkFailures(host, proxy);
    }

    /** A client whose connections go this way. */
    <C extends ClientTransportConfig<C>, T extends ClientTransport<T, C>> T via(T client) {
        T resolving = client.resolver(names);
        return tunnel.map(
                        through -> resolving.doOnChannelInit((observer, channel, address) -> through.prepare(channel)))
                .orElse(resolving);
    }

    /** What failures on the way mean. */
    NetworkFailures failures() {
        return failures;
    }

    /** IPv6 addresses have brackets in a URL. */
    private static String host(URI server) {
        String host = server.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Resolves nothing. */
    private static InetSocketAddress address(String host, int port) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return address == null ? InetSocketAddress.createUnresolved(host, port) : new InetSocketAddress(address, port);
    }
}
