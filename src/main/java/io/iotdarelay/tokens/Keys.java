package io.iotdarelay.tokens;

/** The keys in use. Any thread may ask. */
interface Keys {

    /** The key that encrypts. */
    TokenKey current();

    /** Whether that very key can still be used: what is sealed with any other one, nobody may be able to read. */
    boolean hold(TokenKey key);
}
