/**
 * Devices that the directory does not know: asked for, and created where a route allows it, on the platform's application side.
 */
@NullMarked
package io.iotdarelay.provisioning;

import org.jspecify.annotations.NullMarked;
