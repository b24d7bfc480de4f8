package io.iotdarelay.auth;

import io.iotdarelay.platform.Authentication;
import reactor.core.publisher.Mono;

/**
 * The wish for one token, on behalf of one device. If several instances have it at once, one of them should authenticate, and
 * the others take its token over. Belongs to one event loop, and completes everything there.
 */
public interface TokenWish {

    /** A wish that nobody else can have. */
    TokenWish ALONE = new LonelyWish();

    /** Waits while another instance is at it, for a bounded time. Completes with its token; empty if it is our turn. */
    Mono<SharedToken> await();

    /** Whether it still seems to be our turn. If not, {@link #await} is next. */
    boolean isOpen();

    /** Completes when another instance's token has come. Not once the authentication is claimed: it is not taken back. */
    Mono<Void> arrived();

    /** Claims the authentication for this instance. False if another one was first. To be called right before it. */
    Mono<Boolean> claim();

    /** The authentication that was claimed has led to this token. Returns its {@link SharedToken#version}. */
    long granted(Authentication.Granted token);

    /** The wish is over, fulfilled or not. */
    void end();
}
