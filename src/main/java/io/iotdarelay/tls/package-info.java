/**
 * Certificates and keys that may be renewed while the relay runs.
 *
 * <p>Input: Spring Boot's SSL bundles, with the current content of their files. Output: the same bundles, for every room
 * that makes connections, and whether each is up to date.
 *
 * <p>An unusable bundle never replaces a usable one, and makes startup fail. Each new connection uses the current bundle;
 * existing connections are not touched.
 *
 * <p>It must never know what a connection is for.
 */
@NullMarked
package io.iotdarelay.tls;

import org.jspecify.annotations.NullMarked;
