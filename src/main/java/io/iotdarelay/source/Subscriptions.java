package io.iotdarelay.source;

/** What to read, which may change while the relay runs. Called only on the poll thread. */
public interface Subscriptions {

    /** What to read from now on. Called when nothing is in flight. */
    Subscription next();

    /** Whether something else is to be read than {@link #next()} said: what is in flight has to be settled first. */
    boolean areOutdated();

    /** Always the same. */
    static Subscriptions always(Subscription subscription) {
        return new Subscriptions() {
            @Override
            public Subscription next() {
                return subscription;
            }

            @Override
            public boolean areOutdated() {
                return false;
            }
        };
    }
}
