package io.iotdarelay.iotda;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** DNS as a test wants it: names have addresses with ports, and may change. */
final class TestNames extends AddressResolverGroup<InetSocketAddress> {

    private final Map<String, List<InetSocketAddress>> known = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** From now on a name has these addresses. */
    TestNames put(String name, InetSocketAddress... addresses) {
        known.put(name, List.of(addresses));
        return this;
    }

    /** From now on it does not answer. */
    TestNames silence() {
        silent = true;
        return this;
    }

    /** The names that were asked for. */
    List<String> asked() {
        return asked;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {

            @Override
            protected boolean doIsResolved(InetSocketAddress address) {
                return !address.isUnresolved();
            }

            @Override
            protected void doResolve(InetSocketAddress name, Promise<InetSocketAddress> promise) {
                throw new UnsupportedOperationException("all addresses are tried");
            }

            @Override
            protected void doResolveAll(InetSocketAddress name, Promise<List<InetSocketAddress>> promise) {
                asked.add(name.getHostString());
                List<InetSocketAddress> addresses = known.get(name.getHostString());
                if (silent) {
                    return;
                }
                if (addresses == null) {
                    promise.setFailure(new UnknownHostException("Failed to resolve"));
                } else {
                    promise.setSuccess(addresses);
                }
            }
        };
    }
}
