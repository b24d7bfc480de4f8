/**
 * Who may use the HTTP port, and how much of it.
 *
 * <p>Input: the users of {@code relay.access} and {@code spring.security.user}. Output: the filters and limits in front of the
 * endpoints, the form to log in with, and who is logged in.
 *
 * <p>Guessing passwords is slow, costs one thread at most, and does not reveal which names exist. Slow, huge, or too many requests
 * cost bounded memory, and never that of the relay's own threads. Changes are made by operators only, not by forged requests of a
 * browser, and each is logged and counted.
 *
 * <p>It must never know what the endpoints show or change.
 */
@NullMarked
package io.iotdarelay.access;

import org.jspecify.annotations.NullMarked;
