/** The first five minutes of a new user: a broker, a platform and a fleet around a relay, and one line with the throughput. */
@NullMarked
package io.iotdarelay.demo;

import org.jspecify.annotations.NullMarked;
