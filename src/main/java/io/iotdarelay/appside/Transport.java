package io.iotdarelay.appside;

import reactor.core.publisher.Mono;

/** Carries signed requests to the application side. */
interface Transport {

    /**
     * Sends a request and receives its response; fails with whatever the network does.
     *
     * @param sent told when the request begins to be sent
     */
    Mono<HttpReply> exchange(Unsigned request, Signer.Signed signed, Runnable sent);
}
