package io.iotdarelay.iotda;

import io.iotdarelay.egress.NetworkFailures;
import io.iotdarelay.egress.NetworkTrouble;
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
import io.netty.channel.EventLoop;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** Calls the platform over HTTPS, with connections that belong to its event loop, on which its calls complete. */
final class HttpIotdaClient implements PlatformClient {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** How a trace names the end of an authentication without a result. */
    private static final String CANCELLED = "cancelled";

    /** How a request ends in the metrics that is resent, because the connection was closed before there was a response. */
    private static final String CONNECTION_LOST = "connection-lost";

    private static final String DEFECT = RejectionReason.INTERNAL_ERROR.code();

    private final EventLoop eventLoop;
    private final Scheduler loop;
    private final ConnectionPool pool;
    private final HttpExchange.Limits limits;
    private final Requests requests;
    private final int signType;
    private final Classifier classifier;
    private final NetworkFailures failures;
    private final RequestMeters meters;
    private final Tracing tracing;
    private final Clock clock;
    private final LongSupplier nanoTime;

    HttpIotdaClient(
            EventLoop eventLoop,
            ConnectionPool pool,
            IotdaProperties properties,
            NetworkFailures failures,
            RequestMeters meters,
            Tracing tracing,
            Clock clock,
            LongSupplier nanoTime) {
        this.eventLoop = eventLoop;
        this.loop = Schedulers.fromExecutorService(eventLoop);
        this.pool = pool;
        this.limits = new HttpExchange.Limits(
                properties.connectTimeout().plus(properties.responseTimeout()), properties.responseTimeout());
        this.requests = new Requests(properties);
        this.signType = properties.signType();
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

    @Override
    public double cost(List<Report> reports) {
        return RequestCost.of(reports);
    }

    @Override
    public Mono<Authentication> authenticate(DeviceCredentials credentials) {
        return Mono.create(sink -> {
            Signature signature = Signature.of(credentials.secret(), clock.instant());
            RequestTrace trace = tracing.authentication();
            AuthenticationCall call = new AuthenticationCall(sink, credentials, signature, trace);
            sink.onCancel(() -> trace.failed(CANCELLED));
            start(call, sink);
        });
    }

    @Override
    public Mono<Verdict> report(AccessToken token, List<Report> reports, RequestTrace trace) {
        return Mono.create(sink -> start(new ReportCall(sink, token, reports, trace), sink));
    }

    private void start(Call<?> call, MonoSink<?> sink) {
        HttpExchange exchange = new HttpExchange(eventLoop, pool, limits, call);
        sink.onDispose(exchange);
        exchange.start();
    }

    /** A request, and who waits for what it means. */
    private abstract class Call<T> implements HttpExchange.Caller {

        private final Api api;
        private final RequestTrace trace;
        private final MonoSink<T> sink;
        private final long start = nanoTime.getAsLong();

        Call(Api api, MonoSink<T> sink, RequestTrace trace) {
            this.api = api;
            this.sink = sink;
            this.trace = trace;
        }

        Api api() {
            return api;
        }

        RequestTrace trace() {
            return trace;
        }

        abstract T meaning(HttpAnswer answer);

        abstract T meaning(Verdict failure);

        abstract String code(T result);

        @Override
        public void connectionLost() {
            counted(CONNECTION_LOST);
        }

        @Override
        public void answered(HttpAnswer answer) {
            trace.answered(answer.status());
            end(() -> meaning(answer));
        }

        @Override
        public void failed(Throwable failure) {
            end(() -> meaning(verdict(failures.classify(failure))));
        }

        private static Verdict verdict(NetworkTrouble trouble) {
            return trouble.misconfigured()
                    ? new Verdict.Misconfigured(trouble.detail(), Optional.empty())
                    : new Verdict.Unavailable(trouble.detail(), Optional.empty(), Optional.empty());
        }

        private void end(Supplier<T> meaning) {
            try {
                T result = meaning.get();
                trace.within(() -> counted(code(result)));
                ended(result);
                sink.success(result);
            } catch (RuntimeException defect) {
                broken();
                sink.error(defect);
            }
        }

        /** There is a result, which the caller gets next. */
        void ended(T result) {}

        /** A defect of the relay, which the caller gets next. */
        void broken() {}

        private void counted(String outcome) {
            meters.finished(api.label(), outcome, nanoTime.getAsLong() - start);
        }
    }

    private final class ReportCall extends Call<Verdict> {

        private final AccessToken token;
        private final DeviceId sender;
        private final byte[] body;

        ReportCall(MonoSink<Verdict> sink, AccessToken token, List<Report> reports, RequestTrace trace) {
            super(Api.of(reports.getFirst()), sink, trace);
            this.token = token;
            this.sender = reports.getFirst().sender();
            this.body = RequestBody.of(reports);
            meters.carried(api().label(), reports.size());
        }

        @Override
        public ByteBuf request() {
            return requests.report(api(), sender, token, body, trace());
        }

        @Override
        Verdict meaning(HttpAnswer answer) {
            return classifier.report(answer.without(token.value()));
        }

        @Override
        Verdict meaning(Verdict failure) {
            return failure;
        }

        @Override
        String code(Verdict verdict) {
            return verdict.code();
        }
    }

    private final class AuthenticationCall extends Call<Authentication> {

        private final DeviceCredentials credentials;
        private final Signature signature;

        AuthenticationCall(
                MonoSink<Authentication> sink, DeviceCredentials credentials, Signature signature, RequestTrace trace) {
            super(Api.DEVICE_AUTH, sink, trace);
            this.credentials = credentials;
            this.signature = signature;
        }

        @Override
        public ByteBuf request() {
            byte[] body = JSON.writeValueAsBytes(Map.of(
                    "device_id", credentials.device().value(),
                    "sign_type", signType,
                    "timestamp", signature.timestamp(),
                    "password", signature.password()));
            return requests.authentication(body, trace());
        }

        @Override
        Authentication meaning(HttpAnswer answer) {
            return classifier.authentication(answer.without(signature.password()));
        }

        @Override
        Authentication meaning(Verdict failure) {
            return new Authentication.Denied(failure);
        }

        @Override
        String code(Authentication result) {
            return switch (result) {
                case Authentication.Granted ignored -> new Verdict.Accepted().code();
                case Authentication.Denied denied -> denied.verdict().code();
                case Authentication.Postponed ignored -> throw new IllegalStateException("asked, and postponed");
            };
        }

        @Override
        void broken() {
            trace().failed(DEFECT);
        }

        @Override
        void ended(Authentication result) {
            if (result instanceof Authentication.Granted) {
                trace().succeeded();
            } else {
                trace().failed(code(result));
            }
        }
    }
}
