/**
 * Certificates and keys that may be renewed while the relay runs.
 *
 * <p>What enters: Spring Boot's SSL bundles, each time as its files are at that moment. What leaves: the same bundles, for
 * whoever makes connections, and for each of them whether it is up to date.
 *
 * <p>A bundle that cannot be used never takes the place of one that can, and it ends a start. What is in use can be asked anew
 * for each connection; connections that stand are not touched.
 *
 * <p>It must never know what a connection is for.
 */
@NullMarked
package io.iotdarelay.tls;

import org.jspecify.annotations.NullMarked;
