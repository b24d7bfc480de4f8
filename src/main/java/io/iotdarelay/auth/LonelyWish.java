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
    public Mono<Boolean> claim() {
        return Mono.just(true);
    }

    @Override
    public void granted(Authentication.Granted token) {}

    @Override
    public void end() {}
}
