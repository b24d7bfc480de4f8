package io.iotdarelay.limits;

/** A waiter for a limit, called on the event loop that the limit belongs to. */
public interface Waiter {

    /** The circuit breaker or gate that had parked it admits it now. */
    void resume();

    /** The rate limiter may admit it now: retries. Returns whether it still waits for the limiter; if not, others go first. */
    boolean tryAgain();

    /** How well its request fills what it costs of the quota, from 0 to 1: whoever fills it best goes first. */
    double fill();

    /** Whether its last request failed. Such a waiter probes only if nobody else can. */
    boolean isFailing();
}
