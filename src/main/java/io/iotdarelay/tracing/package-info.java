/**
 * What a tracing system receives: which requests were made for which records, and what came of them.
 *
 * <p>What enters: records with the trace context of their headers, and what happens to the requests that carry them. What
 * leaves: spans by OpenTelemetry's conventions, and the headers {@code traceparent} and {@code tracestate} of a request.
 *
 * <p>It is off unless traces are exported, and costs next to nothing then. No device ID, no value and nothing that the platform
 * said becomes part of a span. Headers of a record that are no trace context count as none.
 *
 * <p>It is the only room that knows OpenTelemetry. It must never decide anything: whatever goes wrong with traces, records
 * are delivered.
 */
@NullMarked
package io.iotdarelay.tracing;

import org.jspecify.annotations.NullMarked;
