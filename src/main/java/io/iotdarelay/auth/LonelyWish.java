package io.iotdarelay.auth;

import io.iotdarelay.platform.Authentication;
import reactor.core.publisher.Mono;

/** It is always our turn. */
final class LonelyWish implements TokenWish {

    @Override
    public Mono<SharedToken> await() {
        return Mono.empty();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public Mono<Void> arrived() {
        return Mono.never();
    }

    @Override
    public Mono<Boolean> claim() {
        return Mono.just(true);
    }

    @Override
    public long granted(Authentication.Granted token) {
        return 0;
    }

    @Override
    public void end() {}
}
