package io.iotdarelay.source;

/** What to read, which may change while the relay runs. Called only on the poll thread. */
public interface Subscriptions {

    /** What to read from now on. Called when nothing is in flight. */
    Subscription next();

    /** Whether something else is to be read than {@link #next()} said: what is in flight has to be settled first. */
    boolean areOutdated();
}
