package io.iotdarelay.group;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** All addresses of a DNS name, by the JVM's resolver on a thread of its own. One lookup at a time, whoever asks. */
final class DnsAddresses implements PeerAddresses, AutoCloseable {

    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final Duration FAILURE_KEPT = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 4;
    private static final int THREAD_LIVES_SECONDS = 60;

    private final Scheduler thread =
            Schedulers.newBoundedElastic(1, MOST_WAITING, "relay-group-dns", THREAD_LIVES_SECONDS, true);
    private final Mono<List<InetSocketAddress>> addresses;

    /** Looks up nothing yet. */
    DnsAddresses(String host, int port) {
        addresses = Mono.fromCallable(() -> Stream.of(InetAddress.getAllByName(host))
                        .map(address -> new InetSocketAddress(address, port))
                        .toList())
                .subscribeOn(thread)
                .cache(found -> KEPT, failure -> FAILURE_KEPT, () -> Duration.ZERO);
    }

    @Override
    public Mono<List<InetSocketAddress>> find() {
        return addresses;
    }

    @Override
    public void close() {
        thread.dispose();
    }
}
