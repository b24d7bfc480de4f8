package io.iotdarelay.limits;

/** How many requests of one event loop may be in flight, by what became of others. Belongs to that loop. */
sealed interface SlotLimit permits StaticLimit, AdaptiveLimit {

    /** Requests that may be in flight now. */
    int slots();

    /** How many of them may be those of failing devices, unless these recover. */
    int slotsOfFailing();

    /**
     * A request begins; so many are in flight, perhaps as many as may be.
     *
     * @param failing whether it is of a device whose last one had failed
     */
    void taken(int inFlight, boolean failing, long now);

    /**
     * A request ended.
     *
     * @param failing whether it was of a device whose last one had failed: that is this device's problem
     * @param since when it began, in nanoseconds
     */
    void ended(RequestEnd end, boolean failing, long since, long now);

    /** Starts with few again: the connections are gone. */
    void startSlowly();

    /** How many nanoseconds a request takes that is slower than the rest. */
    long overdueAfter();
}
