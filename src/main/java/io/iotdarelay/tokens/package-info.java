/**
 * The store of access tokens: a compacted topic, encrypted.
 *
 * <p>Input: tokens that this instance fetched, and the topic's records. Output: tokens that other instances fetched, or this one
 * before a restart, and whose turn it is to fetch the next one.
 *
 * <p>A record that cannot be trusted is ignored: it costs an authentication, and nothing else. Nothing waits for the topic longer
 * than a few seconds; while it cannot be used, each instance has its own tokens. Tokens and keys are never printed.
 * {@link io.iotdarelay.tokens.Sharing} is the protocol, without Kafka; one thread reads the topic, another one writes.
 *
 * <p>It must never know what a token is used for, or when one is renewed.
 */
@NullMarked
package io.iotdarelay.tokens;

import org.jspecify.annotations.NullMarked;
