package io.iotdarelay.limits;

/** A waiter for a limit, called on the event loop that the limit belongs to. */
public interface Waiter {

    /** A circuit breaker that had stopped it admits it now. */
    void resume();

    /** The rate limiter may let it go now: it tries. Says whether it still waits for that; if not, others go first. */
    boolean tryAgain();

    /** Whether its last request failed. Such a waiter probes only if nobody else can. */
    boolean isFailing();
}
