package io.iotdarelay.access;

/**
 * Somebody who logged in with a browser.
 *
 * @param id what the browser's cookie says: random, and secret
 * @param startedAt when, in nanoseconds of the same clock that ends it
 */
record Session(String id, Account account, long startedAt) {

    @Override
    public String toString() {
        return "Session[account=" + account + "]";
    }
}
