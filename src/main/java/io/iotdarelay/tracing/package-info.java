/**
 * What a tracing system receives: which requests were made for which records, and their results.
 *
 * <p>Input: records with the trace context of their headers, and the progress of the requests that carry them. Output: spans
 * by OpenTelemetry's conventions, and the headers {@code traceparent} and {@code tracestate} of a request.
 *
 * <p>It is off unless traces are exported, and then costs next to nothing. No device ID, no value and no content of a
 * response becomes part of a span. Invalid trace context in a record's headers is ignored.
 *
 * <p>It is the only room that knows OpenTelemetry. It must never decide anything: records are delivered whatever goes wrong
 * with traces.
 */
@NullMarked
package io.iotdarelay.tracing;

import org.jspecify.annotations.NullMarked;
