/** Makes the parts of the documentation that the code knows better: tables of keys, meters, rooms and reasons. */
@NullMarked
package io.iotdarelay.docs;

import org.jspecify.annotations.NullMarked;
