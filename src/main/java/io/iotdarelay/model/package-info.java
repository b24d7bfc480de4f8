/**
 * Product models: which services and properties a device of a product may report, and which values.
 *
 * <p>Input: model files in the platform's two forms, models as the platform's application side answers, and reports whose services are
 * still a tree. Output: the services, as they are or as the route's validation has them changed, or the reason why the report does not
 * fit its product.
 *
 * <p>Model files are read when the relay starts, and all errors in them are reported at once, with the place in the file. What
 * a route declares is checked by the models before the first record, and by a model of the platform before it counts. A compiled model is
 * immutable; numbers are compared as decimals with the bounds as they are written, never as binary floating point. A value is never
 * repeated in a message.
 *
 * <p>It must never know how a report is made, where the directory comes from, what the platform answers to reports, or how it is asked for
 * a model.
 */
@NullMarked
package io.iotdarelay.model;

import org.jspecify.annotations.NullMarked;
