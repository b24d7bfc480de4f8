/**
 * The verbs that ask a relay that is running: {@code status}, {@code explain}, {@code quarantine}, {@code pause}, {@code resume},
 * {@code deadletters} and {@code devices list}.
 *
 * <p>Input: arguments, variables of the environment, and the answers of the relay's API. Output: tables for people or the answer as it is
 * for programs, and an exit code.
 *
 * <p>A verb starts without the service: no container, no logging, no configuration of the service. It waits for no answer longer than it was
 * told to, reads no more of one than 16 MB, and follows no redirect. Text that came from elsewhere cannot control the terminal. Credentials
 * are in no output, and those of a container go to that container alone.
 *
 * <p>It must never know another room: what it knows of a relay is its API.
 */
@NullMarked
package io.iotdarelay.client;

import org.jspecify.annotations.NullMarked;
