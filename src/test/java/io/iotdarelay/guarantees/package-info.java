/**
 * What the relay promises, held against a real broker and the simulator over TLS. Each class is a promise, or a part of one; its
 * methods are the situations in which it has to hold.
 */
@NullMarked
package io.iotdarelay.guarantees;

import org.jspecify.annotations.NullMarked;
