package io.iotdarelay.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A collector that receives OTLP over HTTP, as protobuf, and keeps what it receives. */
public final class OtlpReceiver implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Queue<ExportTraceServiceRequest> traces = new ConcurrentLinkedQueue<>();
    private final Queue<ExportMetricsServiceRequest> metrics = new ConcurrentLinkedQueue<>();
    private final Queue<ExportLogsServiceRequest> logs = new ConcurrentLinkedQueue<>();
    private final DisposableServer server;

    private OtlpReceiver() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .asByteArray()
                        .flatMap(body -> keep(request.fullPath(), body))
                        .then(response.status(200)
                                .header("Content-Type", "application/x-protobuf")
                                .send()))
                .bindNow(STOP_TIMEOUT);
    }

    public static OtlpReceiver start() {
        return new OtlpReceiver();
    }

    /** Where it takes a signal: traces, metrics or logs. */
    public String address(String signal) {
        return "http://127.0.0.1:" + server.port() + "/v1/" + signal;
    }

    /** The spans that it received, in order. */
    public List<Span> spans() {
        return traces.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    /** The names of the meters that it received. */
    public List<String> meters() {
        return metrics.stream()
                .flatMap(request -> request.getResourceMetricsList().stream())
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .map(Metric::getName)
                .distinct()
                .toList();
    }

    /** The lines of logs that it received, in order. */
    public List<LogRecord> lines() {
        return logs.stream()
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .toList();
    }

    /** Everything that it received, as text. */
    public String everything() {
        return Stream.of(traces, metrics, logs)
                .flatMap(Queue::stream)
                .map(Object::toString)
                .reduce("", String::concat);
    }

    /** The ID of a trace or a span, as headers and logs write it. */
    public static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    @Override
    public void close() {
        server.disposeNow(STOP_TIMEOUT);
    }

    private Mono<Void> keep(String path, byte[] body) {
        try {
            switch (path) {
                case "/v1/traces" -> traces.add(ExportTraceServiceRequest.parseFrom(body));
                case "/v1/metrics" -> metrics.add(ExportMetricsServiceRequest.parseFrom(body));
                case "/v1/logs" -> logs.add(ExportLogsServiceRequest.parseFrom(body));
                default -> throw new IllegalStateException("unknown: " + path);
            }
            return Mono.empty();
        } catch (InvalidProtocolBufferException e) {
            return Mono.error(e);
        }
    }
}
