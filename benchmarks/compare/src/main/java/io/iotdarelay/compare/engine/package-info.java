/** What the relay is compared with. All do the same work on JSON, commit what they have posted, and differ in how they order and post. */
@NullMarked
package io.iotdarelay.compare.engine;

import org.jspecify.annotations.NullMarked;
