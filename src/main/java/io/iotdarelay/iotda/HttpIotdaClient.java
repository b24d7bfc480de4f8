package io.iotdarelay.iotda;

import io.iotdarelay.metrics.RequestMeters;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.PlatformClient;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.databind.json.JsonMapper;

/** Calls the platform over HTTPS, with connections that belong to its event loop. */
final class HttpIotdaClient implements PlatformClient {

    /** Answers are short; a longer one is read up to here, and its connection is closed. */
    private static final int MAX_ANSWER = 65_536;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ACCESS_TOKEN = "access_token";
    private static final int HTTPS_PORT = 443;

    /** How a trace names the end of an authentication without a result. */
    private static final String CANCELLED = "cancelled";

    /** How a request ends in the metrics that is resent, because the connection was closed before there was a response. */
    private static final String CONNECTION_LOST = "connection-lost";

    private static final String DEFECT = RejectionReason.INTERNAL_ERROR.code();

    private final Scheduler loop;
    private final IotdaProperties properties;
    private final Map<Api, RequestTrace.Target> targets = new EnumMap<>(Api.class);
    private final Classifier classifier;
    private final NetworkFailures failures;
    private final RequestMeters meters;
    private final Tracing tracing;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private volatile Connections connections;

    /**
     * Where connections come from.
     *
     * @param pooled kept ones, or new ones that will be kept
     * @param fresh always new ones
     */
    record Connections(HttpClient pooled, HttpClient fresh) {

        Connections map(UnaryOperator<HttpClient> change) {
            return new Connections(change.apply(pooled), change.apply(fresh));
        }
    }

    HttpIotdaClient(
            Connections connections,
            Scheduler loop,
            IotdaProperties properties,
            NetworkFailures failures,
            RequestMeters meters,
            Tracing tracing,
            Clock clock,
            LongSupplier nanoTime) {
        this.connections = connections;
        this.loop = loop;
        this.properties = properties;
        URI server = URI.create(properties.origin());
        int port = server.getPort() < 0 ? HTTPS_PORT : server.getPort();
        for (Api api : Api.values()) {
            targets.put(api, new RequestTrace.Target(server.getHost(), port, api.template()));
        }
        this.classifier = new Classifier(clock);
        this.failures = failures;
        this.meters = meters;
        this.tracing = tracing;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public Scheduler loop() {
        return loop;
    }

    /** Uses these connections from the next request on. Requests in flight are not affected. */
    void use(Connections others) {
        connections = others;
    }

    /** The result of an exchange, whatever the network or the server did. */
    private sealed interface Exchange {

        record Answered(HttpAnswer answer) implements Exchange {}

        record Failed(Verdict verdict) implements Exchange {}
    }

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials) {
        return Mono.defer(() -> {
            long start = nanoTime.getAsLong();
            Signature signature = Signature.of(credentials.secret(), clock.instant());
            byte[] body = authentication(credentials, signature);
            RequestTrace trace = tracing.authentication();
            return post(Api.DEVICE_AUTH, credentials.device(), body, trace, headers -> {})
                    .map(exchange -> switch (exchange) {
                        case Exchange.Answered answered ->
                            classifier.authentication(answered.answer().without(signature.password()));
                        case Exchange.Failed failed -> new Authentication.Denied(failed.verdict());
                    })
                    .publishOn(loop)
                    .doOnNext(result -> trace.within(() -> finished(Api.DEVICE_AUTH, code(result), start)))
                    .doOnNext(result -> end(trace, result))
                    .doOnError(defect -> trace.failed(DEFECT))
                    .doOnCancel(() -> trace.failed(CANCELLED));
        });
    }

    @Override
    public double cost(List<Report> reports) {
        return RequestCost.of(reports);
    }

    @Override
    public Mono<Verdict> report(AccessToken token, List<Report> reports, RequestTrace trace) {
        return Mono.defer(() -> {
            long start = nanoTime.getAsLong();
            Report first = reports.getFirst();
            Api api = Api.of(first);
            meters.carried(api.label(), reports.size());
            byte[] body = RequestBody.of(reports);
            return post(api, first.sender(), body, trace, headers -> headers.set(ACCESS_TOKEN, token.value()))
                    .map(exchange -> switch (exchange) {
                        case Exchange.Answered answered ->
                            classifier.report(answered.answer().without(token.value()));
                        case Exchange.Failed failed -> failed.verdict();
                    })
                    .publishOn(loop)
                    .doOnNext(verdict -> trace.within(() -> finished(api, verdict.code(), start)));
        });
    }

    /**
     * Posts. A server may close an idle connection just when a request is written to it: a request that fails on a reused connection
     * without a byte of response is resent at once on a new connection, once. Whether the server had processed it is then
     * unknown.
     */
    private Mono<Exchange> post(Api api, DeviceId sender, byte[] body, RequestTrace trace, Consumer<HttpHeaders> more) {
        return Mono.defer(() -> {
            long start = nanoTime.getAsLong();
            ConnectionUse use = new ConnectionUse();
            Mono<HttpAnswer> first = exchange(connections.pooled(), use, api, sender, body, trace, more);
            return first.onErrorResume(use::isStale, stale -> {
                        finished(api, CONNECTION_LOST, start);
                        return exchange(connections.fresh(), use, api, sender, body, trace, more);
                    })
                    .<Exchange>map(Exchange.Answered::new)
                    .onErrorResume(
                            Exception.class, failure -> Mono.just(new Exchange.Failed(failures.classify(failure))));
        });
    }

    private Mono<HttpAnswer> exchange(
            HttpClient http,
            ConnectionUse use,
            Api api,
            DeviceId sender,
            byte[] body,
            RequestTrace trace,
            Consumer<HttpHeaders> more) {
        return http.doOnRequest((request, connection) -> use.requestWritten(connection))
                .doOnResponse((response, connection) -> use.responseBegan())
                .headers(headers -> {
                    trace.leaves(Objects.requireNonNull(targets.get(api)), headers::set);
                    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
                    more.accept(headers);
                })
                .post()
                .uri(properties.origin() + api.path(sender))
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .response(HttpIotdaClient::read)
                .single()
                .timeout(properties.connectTimeout().plus(properties.responseTimeout()), loop)
                .doOnNext(answer -> trace.answered(answer.status()));
    }

    private static Mono<HttpAnswer> read(HttpClientResponse response, ByteBufFlux content) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return content.doOnNext(part -> append(body, part))
                .takeUntil(part -> body.size() >= MAX_ANSWER)
                .then(Mono.fromSupplier(() -> new HttpAnswer(
                        response.status().code(),
                        Optional.ofNullable(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER)),
                        body.toString(StandardCharsets.UTF_8))));
    }

    private static void append(ByteArrayOutputStream body, ByteBuf part) {
        byte[] bytes = new byte[Math.min(part.readableBytes(), MAX_ANSWER - body.size())];
        part.getBytes(part.readerIndex(), bytes);
        body.writeBytes(bytes);
    }

    private byte[] authentication(DeviceCredentials credentials, Signature signature) {
        return JSON.writeValueAsBytes(Map.of(
                "device_id", credentials.device().value(),
                "sign_type", properties.signType(),
                "timestamp", signature.timestamp(),
                "password", signature.password()));
    }

    private void finished(Api api, String outcome, long start) {
        meters.finished(api.label(), outcome, Duration.ofNanos(nanoTime.getAsLong() - start));
    }

    private static void end(RequestTrace trace, Authentication result) {
        if (result instanceof Authentication.Granted) {
            trace.succeeded();
        } else {
            trace.failed(code(result));
        }
    }

    private static String code(Authentication result) {
        return switch (result) {
            case Authentication.Granted ignored -> new Verdict.Accepted().code();
            case Authentication.Denied denied -> denied.verdict().code();
            case Authentication.Postponed ignored -> throw new IllegalStateException("asked, and postponed");
        };
    }
}
