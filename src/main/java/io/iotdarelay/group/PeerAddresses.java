package io.iotdarelay.group;

import java.net.InetSocketAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/** Where the instances of the group are, the own one included. */
public interface PeerAddresses {

    /** All addresses, with the name that a certificate has to be for. */
    Mono<List<InetSocketAddress>> find();
}
