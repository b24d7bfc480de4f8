package io.iotdarelay.simulator;

import io.iotdarelay.simulator.Signatures.SignedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Has requests judged, notes what becomes of them, and answers; or does what a fault says instead. On the event loop of the connection,
 * also after a delay: all requests are judged by one thread.
 */
final class Responder {

    /** A little more than the platform takes, so that it is the platform that refuses. */
    private static final int MAX_READ = Platform.MAX_BODY + 65_536;

    private static final int INTERNAL_ERROR = 500;
    private static final int LONGEST_DETAIL = 200;

    /**
     * A request that is one of the known ones.
     *
     * @param device the device or product that it is about
     */
    private record Incoming(Api.Target target, String device, SignedRequest request) {

        @Nullable
        String token() {
            return request.headers().get("access_token");
        }

        byte[] body() {
            return request.body();
        }
    }

    private final SimulatorOptions options;
    private final Platform platform;
    private final Application application;
    private final Ledger ledger;
    private final Faults faults;

    Responder(SimulatorOptions options, Platform platform, Application application, Ledger ledger, Faults faults) {
        this.options = options;
        this.platform = platform;
        this.application = application;
        this.ledger = ledger;
        this.faults = faults;
    }

    Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        String path = path(request.uri());
        Map<String, String> headers = headers(request);
        Api.Target target = Api.find(request.method().name(), path);
        if (target == null) {
            return send(response, unknown(request.method().name(), path));
        }
        options.onHead.accept(new SimulatorOptions.Head(target.path(), headers));
        return Bodies.read(request.receive(), MAX_READ)
                .map(body -> new Incoming(
                        target,
                        deviceOf(target, body),
                        new SignedRequest(request.method().name(), request.uri(), headers, body)))
                .flatMap(incoming -> answer(incoming, response));
    }

    /** As it was sent: what is decoded here would be decoded twice. */
    private static String path(String uri) {
        String path = uri.replaceFirst("[?#].*", "");
        return path.startsWith("/") ? path : path.replaceFirst("^[a-z]+://[^/]*", "");
    }

    private Reply unknown(String method, String path) {
        Reply reply = unknown(path);
        String line = method + " " + path;
        ledger.note(
                new Ledger.Request(
                        ledger.nextNumber(),
                        options.clock.instant(),
                        Api.UNKNOWN,
                        "",
                        reply.status(),
                        reply.errorCode(),
                        false,
                        0,
                        line.substring(0, Math.min(line.length(), LONGEST_DETAIL))),
                List.of());
        return reply;
    }

    private static Reply unknown(String path) {
        if (Api.knows(path)) {
            return Reply.html(405);
        }
        return path.startsWith("/v5/iot/") || path.matches("/v5/[0-9a-f]{32}(/.*)?")
                ? Errors.noSuchPath()
                : Reply.html(404);
    }

    private static Map<String, String> headers(HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        request.requestHeaders()
                .forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return headers;
    }

    private Mono<Void> answer(Incoming incoming, HttpServerResponse response) {
        try {
            Faults.Strike strike =
                    faults.strike(new Faults.Call(incoming.target().api(), incoming.device(), incoming.body().length));
            Mono<Void> answer = Mono.defer(() -> struck(incoming, response, strike.fault()));
            return strike.delay().isZero()
                    ? answer
                    : later(strike.delay(), response).then(answer);
        } catch (RuntimeException e) {
            return send(response, defect(incoming, e));
        }
    }

    private static Mono<Void> later(Duration delay, HttpServerResponse response) {
        return Mono.create(sink -> response.withConnection(connection -> {
            ScheduledFuture<?> timer = connection
                    .channel()
                    .eventLoop()
                    .schedule(() -> sink.success(), delay.toNanos(), TimeUnit.NANOSECONDS);
            sink.onDispose(() -> timer.cancel(false));
        }));
    }

    private Mono<Void> struck(Incoming incoming, HttpServerResponse response, Optional<Fault> fault) {
        try {
            return answered(incoming, response, fault);
        } catch (RuntimeException e) {
            return send(response, defect(incoming, e));
        }
    }

    /** Not the client's fault, which the ledger tells. Without the message, which may repeat the request. */
    private Reply defect(Incoming incoming, RuntimeException e) {
        StackTraceElement[] trace = e.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0];
        Reply reply = Reply.html(INTERNAL_ERROR);
        note(
                ledger.nextNumber(),
                incoming,
                reply,
                List.of(),
                "a defect of the simulator: " + e.getClass().getSimpleName() + where,
                false);
        return reply;
    }

    private Mono<Void> answered(Incoming incoming, HttpServerResponse response, Optional<Fault> fault) {
        return switch (fault.orElse(null)) {
            case null -> send(response, judge(incoming));
            case Fault.Delay ignored -> send(response, judge(incoming));
            case Fault.Answer answer -> send(response, refuse(incoming, answer.reply()));
            case Fault.Echo echo -> send(response, refuse(incoming, echo(echo.status(), incoming)));
            case Fault.Silence ignored -> {
                refuse(incoming, Reply.empty(0));
                yield Mono.never();
            }
            case Fault.Reset ignored -> {
                refuse(incoming, Reply.empty(0));
                yield reset(response);
            }
            case Fault.ResetAfterProcessing ignored -> {
                judge(incoming);
                yield reset(response);
            }
            case Fault.LateAnswer late -> {
                Reply reply = judge(incoming);
                yield later(late.later(), response).then(send(response, reply));
            }
            case Fault.SlowBody slow -> sendSlowly(response, judge(incoming), slow.perByte());
            case Fault.Throttle throttle ->
                send(
                        response,
                        refuse(
                                incoming,
                                throttle.tenant()
                                        ? Errors.tenantRateLimit((long) throttle.perSecond())
                                        : Errors.rateLimit()));
            case Fault.DropAbove ignored -> send(response, refuse(incoming, Reply.empty(200)));
        };
    }

    private Reply judge(Incoming incoming) {
        long number = ledger.nextNumber();
        Reply reply;
        if (incoming.target().api().isApplication()) {
            Application.Judgement judgement = application.judge(incoming.target(), incoming.request());
            reply = judgement.reply();
            note(number, incoming, reply, List.of(), judgement.detail(), reply.isAccepted());
        } else {
            Platform.Judgement judgement = platform.judge(number, incoming.target(), incoming.token(), incoming.body());
            reply = judgement.reply();
            boolean processed = reply.isAccepted() || !judgement.accepted().isEmpty();
            note(number, incoming, reply, judgement.accepted(), null, processed);
        }
        options.onExchange.accept(new SimulatorOptions.Exchange(
                incoming.target().path(),
                incoming.token(),
                new String(incoming.body(), StandardCharsets.UTF_8),
                reply.status(),
                reply.body()));
        return reply;
    }

    private static Reply echo(int status, Incoming incoming) {
        String page = "<html><body>cannot serve access_token: " + incoming.token() + "\n\n"
                + new String(incoming.body(), StandardCharsets.UTF_8) + "</body></html>";
        return new Reply(status, null, "text/html", page, Map.of());
    }

    /** Whatever the answer says, nothing is processed. */
    private Reply refuse(Incoming incoming, Reply reply) {
        note(ledger.nextNumber(), incoming, reply, List.of(), null, false);
        return reply;
    }

    private void note(
            long number,
            Incoming incoming,
            Reply reply,
            List<Ledger.Accepted> accepted,
            @Nullable String detail,
            boolean processed) {
        ledger.note(
                new Ledger.Request(
                        number,
                        options.clock.instant(),
                        incoming.target().api(),
                        incoming.device(),
                        reply.status(),
                        reply.errorCode(),
                        processed,
                        incoming.body().length,
                        detail),
                accepted);
    }

    private static String deviceOf(Api.Target target, byte[] body) {
        return switch (target.api()) {
            case DEVICE_AUTH, CREATE_DEVICE -> deviceIn(body);
            default -> target.device();
        };
    }

    private static String deviceIn(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        int key = text.indexOf("\"device_id\"");
        int begin = key < 0 ? -1 : text.indexOf('"', text.indexOf(':', key) + 1);
        int end = begin < 0 ? -1 : text.indexOf('"', begin + 1);
        return end < 0 ? "" : text.substring(begin + 1, end);
    }

    private static Mono<Void> send(HttpServerResponse response, Reply reply) {
        ByteBuf body = Unpooled.copiedBuffer(reply.body(), StandardCharsets.UTF_8);
        return headed(response, reply, body.readableBytes()).sendObject(body).then();
    }

    private static Mono<Void> sendSlowly(HttpServerResponse response, Reply reply, Duration perByte) {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        return headed(response, reply, body.length)
                .send(
                        Flux.fromStream(IntStream.range(0, body.length)
                                        .mapToObj(i -> Unpooled.wrappedBuffer(body, i, 1)))
                                .delayElements(perByte),
                        part -> true)
                .then();
    }

    private static HttpServerResponse headed(HttpServerResponse response, Reply reply, int length) {
        response.status(reply.status());
        if (reply.status() != 204) {
            response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(length));
        }
        if (length > 0) {
            response.header(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
        }
        reply.headers().forEach(response::header);
        return response;
    }

    /** Past TLS, so that it is a reset and not a farewell. */
    private static Mono<Void> reset(HttpServerResponse response) {
        return Mono.fromRunnable(() -> response.withConnection(connection -> {
                    Channel channel = connection.channel();
                    // A delayed answer comes on another thread.
                    channel.eventLoop().execute(() -> {
                        channel.config().setOption(ChannelOption.SO_LINGER, 0);
                        channel.unsafe().close(channel.newPromise());
                    });
                }))
                .then(Mono.never());
    }
}
