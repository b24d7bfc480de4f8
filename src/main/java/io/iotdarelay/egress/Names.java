package io.iotdarelay.egress;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The addresses to connect to: the platform's, or instead of them the proxy's. A name that is not resolved in time counts as one that
 * cannot be resolved.
 */
final class Names extends AddressResolverGroup<InetSocketAddress> {

    private final Supplier<AddressResolverGroup<InetSocketAddress>> dns;
    private final Optional<InetSocketAddress> instead;
    private final Duration atMost;

    /** The DNS servers did not answer. */
    static final class NoAnswerException extends UnknownHostException {

        private static final long serialVersionUID = 1;

        NoAnswerException(String name) {
            super(name);
        }
    }

    /**
     * Asks nothing yet.
     *
     * @param dns asked for each name
     * @param instead whose addresses are used whatever is asked for
     * @param atMost how long a name may take
     */
    Names(Supplier<AddressResolverGroup<InetSocketAddress>> dns, Optional<InetSocketAddress> instead, Duration atMost) {
        this.dns = dns;
        this.instead = instead;
        this.atMost = atMost;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Bounded(executor);
    }

    private final class Bounded implements AddressResolver<InetSocketAddress> {

        private final EventExecutor executor;

        Bounded(EventExecutor executor) {
            this.executor = executor;
        }

        @Override
        public boolean isSupported(SocketAddress address) {
            return address instanceof InetSocketAddress;
        }

        @Override
        public boolean isResolved(SocketAddress address) {
            return instead.isEmpty() && address instanceof InetSocketAddress known && !known.isUnresolved();
        }

        @Override
        public Future<InetSocketAddress> resolve(SocketAddress address) {
            return resolve(address, executor.newPromise());
        }

        @Override
        public Future<InetSocketAddress> resolve(SocketAddress address, Promise<InetSocketAddress> promise) {
            InetSocketAddress wanted = wanted(address);
            return bound(wanted, dns().resolve(wanted), promise);
        }

        @Override
        public Future<List<InetSocketAddress>> resolveAll(SocketAddress address) {
            return resolveAll(address, executor.newPromise());
        }

        @Override
        public Future<List<InetSocketAddress>> resolveAll(
                SocketAddress address, Promise<List<InetSocketAddress>> promise) {
            InetSocketAddress wanted = wanted(address);
            return bound(wanted, dns().resolveAll(wanted), promise);
        }

        @Override
        public void close() {
            // Who made the resolvers closes them.
        }

        private InetSocketAddress wanted(SocketAddress address) {
            return instead.orElse((InetSocketAddress) address);
        }

        private AddressResolver<InetSocketAddress> dns() {
            return dns.get().getResolver(executor);
        }

        /** An answer that comes too late is still remembered by the resolver that was asked. */
        private <T> Future<T> bound(InetSocketAddress wanted, Future<T> asked, Promise<T> promise) {
            if (asked.isDone()) {
                return ended(asked, promise);
            }
            Future<?> alarm = executor.schedule(
                    () -> promise.tryFailure(new NoAnswerException(wanted.getHostString())),
                    atMost.toMillis(),
                    TimeUnit.MILLISECONDS);
            asked.addListener(done -> {
                alarm.cancel(false);
                Future<T> unused = ended(asked, promise);
            });
            return promise;
        }

        private static <T> Promise<T> ended(Future<T> asked, Promise<T> promise) {
            if (asked.isSuccess()) {
                promise.trySuccess(asked.getNow());
            } else {
                promise.tryFailure(asked.cause());
            }
            return promise;
        }
    }
}
