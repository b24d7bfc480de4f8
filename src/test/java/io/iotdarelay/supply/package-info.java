/** What the relay is made of, under which licences, and that anybody who builds it gets the same. */
@NullMarked
package io.iotdarelay.supply;

import org.jspecify.annotations.NullMarked;
