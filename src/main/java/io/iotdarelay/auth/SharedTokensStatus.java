package io.iotdarelay.auth;

import java.util.Optional;

/**
 * The status of a store of tokens.
 *
 * @param loaded whether everything was read that it held at the start; trouble says what keeps it from that
 * @param tokens how many tokens of it are in memory
 * @param trouble why it cannot be used, if so: tokens are then kept in memory only
 * @param keyTrouble what is wrong with the files of keys, if anything: the keys that were read before stay in use
 */
public record SharedTokensStatus(boolean loaded, long tokens, Optional<String> trouble, Optional<String> keyTrouble) {}
