/** What tests of several rooms share. */
@NullMarked
package io.iotdarelay.testing;

import org.jspecify.annotations.NullMarked;
