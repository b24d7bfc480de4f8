package io.iotdarelay.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * IoTDA on this machine, over real TLS, on one event loop. Register devices, point a client at {@link #endpoint()} with trust
 * in {@link #certificateAuthority()}, and read the {@link #ledger()}.
 */
public final class Simulator implements AutoCloseable {

    /** A little more than the platform takes, so that it is the platform that refuses. */
    private static final int MAX_READ = Platform.MAX_BODY + 65_536;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final SimulatorOptions options;
    private final Platform platform;
    private final Ledger ledger;
    private final Faults faults;
    private volatile Certificates certificates = new Certificates();
    private @Nullable Certificates next;
    private final LoopResources loops = LoopResources.create("iotda-simulator", 1, true);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicLong handshakes = new AtomicLong();
    private @Nullable DisposableServer server;
    private int port;

    private Simulator(SimulatorOptions options) {
        this.options = options;
        this.platform = new Platform(options);
        this.ledger = new Ledger(options.detailedLedger);
        this.faults = new Faults(new SplittableRandom(options.seed), System::nanoTime);
        this.port = options.port;
    }

    public static Simulator start() {
        return start(new SimulatorOptions());
    }

    public static Simulator start(SimulatorOptions options) {
        Simulator simulator = new Simulator(options);
        simulator.acceptConnections();
        return simulator;
    }

    /** Where it listens, without a slash at the end. */
    public String endpoint() {
        return "https://localhost:" + port;
    }

    /** The certificate to trust, in PEM. */
    public String certificateAuthority() {
        return certificates.authorityPem();
    }

    public Ledger ledger() {
        return ledger;
    }

    public Faults faults() {
        return faults;
    }

    /** Registers devices, or replaces those of the same ID. */
    public void register(SimulatedDevice... devices) {
        for (SimulatedDevice device : devices) {
            platform.devices().put(device.id(), device);
        }
    }

    public Collection<SimulatedDevice> devices() {
        return List.copyOf(platform.devices().values());
    }

    /** Deletes a device; its tokens are void. */
    public void delete(String device) {
        platform.devices().remove(device);
        platform.tokens().revoke(device);
    }

    /** Freezes a device, as an operator can: it cannot authenticate, and its tokens are void. */
    public void freeze(String device) {
        platform.devices().computeIfPresent(device, (id, known) -> known.frozen(true));
        platform.tokens().revoke(device);
    }

    public void unfreeze(String device) {
        platform.devices().computeIfPresent(device, (id, known) -> known.frozen(false));
    }

    /** Voids the tokens of a device. */
    public void revokeTokens(String device) {
        platform.tokens().revoke(device);
    }

    /** Voids all tokens. */
    public void revokeAllTokens() {
        platform.tokens().revokeAll();
    }

    /** From now on, tokens live so long. */
    public void tokenLifetime(Duration lifetime) {
        platform.tokens().lifetime(lifetime);
    }

    /** Takes a token for a device, as a second owner would: the first one's dies 30 seconds from now. */
    public String stealToken(String device) {
        return platform.tokens().issue(device);
    }

    /** Closes the port and all connections: whoever connects is refused. */
    public void refuseConnections() {
        DisposableServer running = server;
        if (running != null) {
            running.channel().close().awaitUninterruptibly();
            dropConnections();
            running.disposeNow(STOP_TIMEOUT);
            server = null;
        }
    }

    /** Listens again, on the same port. */
    public void acceptConnections() {
        listen(certificates.valid(options.tls13));
    }

    /** Drops all connections; new ones are welcome. */
    public void dropConnections() {
        connections.close().awaitUninterruptibly();
    }

    /** How many connections clients have established, which means that they trusted the certificate. */
    public long handshakes() {
        return handshakes.get();
    }

    /** Continues with a certificate of an untrusted authority. */
    public void presentUntrustedCertificate() {
        refuseConnections();
        listen(certificates.untrusted());
    }

    /** Continues with a certificate for another host. */
    public void presentCertificateOfAnotherHost() {
        refuseConnections();
        listen(certificates.forAnotherHost());
    }

    /** Continues with a certificate that has expired. */
    public void presentExpiredCertificate() {
        refuseConnections();
        listen(certificates.expired());
    }

    /** Continues with a certificate that proves who it is. */
    public void presentValidCertificate() {
        refuseConnections();
        acceptConnections();
    }

    /** Another authority, for {@link #renewAuthority()}; returns the certificate to trust then. */
    public String prepareAuthority() {
        Certificates prepared = new Certificates();
        next = prepared;
        return prepared.authorityPem();
    }

    /** Continues with a certificate of another authority, for new connections; existing ones are kept. */
    public void renewAuthority() {
        DisposableServer running = server;
        if (running != null) {
            running.channel().close().awaitUninterruptibly();
        }
        Certificates prepared = next;
        certificates = prepared == null ? new Certificates() : prepared;
        next = null;
        acceptConnections();
    }

    @Override
    public void close() {
        refuseConnections();
        loops.disposeLater(Duration.ZERO, STOP_TIMEOUT).block(STOP_TIMEOUT);
    }

    private void listen(SslContext tls) {
        DisposableServer running = HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .runOn(loops)
                .channelGroup(connections)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .secure(spec -> spec.sslContext(tls))
                .doOnChannelInit((observer, channel, address) -> count(channel))
                .handle(this::handle)
                .bindNow(STOP_TIMEOUT);
        server = running;
        port = running.port();
    }

    private void count(Channel connection) {
        connection.pipeline().get(SslHandler.class).handshakeFuture().addListener(handshake -> {
            if (handshake.isSuccess()) {
                handshakes.incrementAndGet();
            }
        });
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        Api.Target target = Api.find(request.fullPath());
        if (target == null) {
            return send(response, Reply.html(404));
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return send(response, Reply.html(405));
        }
        options.onHead.accept(new SimulatorOptions.Head(target.path(), headers(request)));
        String token = request.requestHeaders().get("access_token");
        return read(request).flatMap(body -> answer(target, token, body, response));
    }

    private static Map<String, String> headers(HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        request.requestHeaders()
                .forEach(header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return headers;
    }

    private static Mono<byte[]> read(HttpServerRequest request) {
        return request.receive()
                .collect(Unpooled::compositeBuffer, (body, part) -> {
                    if (body.readableBytes() < MAX_READ) {
                        body.addComponent(true, part.retain());
                    }
                })
                .map(body -> {
                    byte[] bytes = ByteBufUtil.getBytes(body);
                    body.release();
                    return bytes;
                });
    }

    private Mono<Void> answer(Api.Target target, @Nullable String token, byte[] body, HttpServerResponse response) {
        String device = target.api() == Api.DEVICE_AUTH ? authenticatingDevice(body) : target.device();
        Faults.Strike strike = faults.strike(new Faults.Call(target.api(), device, body.length));
        Mono<Void> answer = Mono.defer(() -> struck(target, device, token, body, response, strike.fault()));
        return strike.delay().isZero() ? answer : Mono.delay(strike.delay()).then(answer);
    }

    private Mono<Void> struck(
            Api.Target target,
            String device,
            @Nullable String token,
            byte[] body,
            HttpServerResponse response,
            Optional<Fault> fault) {
        return switch (fault.orElse(null)) {
            case null -> send(response, judge(target, device, token, body));
            case Fault.Delay ignored -> send(response, judge(target, device, token, body));
            case Fault.Answer answer -> send(response, refuse(target, device, body, answer.reply()));
            case Fault.Echo echo -> send(response, refuse(target, device, body, echo(echo.status(), token, body)));
            case Fault.Silence ignored -> {
                refuse(target, device, body, Reply.empty(0));
                yield Mono.never();
            }
            case Fault.Reset ignored -> {
                refuse(target, device, body, Reply.empty(0));
                yield reset(response);
            }
            case Fault.ResetAfterProcessing ignored -> {
                judge(target, device, token, body);
                yield reset(response);
            }
            case Fault.SlowBody slow -> sendSlowly(response, judge(target, device, token, body), slow.perByte());
            case Fault.Throttle throttle ->
                send(
                        response,
                        refuse(
                                target,
                                device,
                                body,
                                throttle.tenant()
                                        ? Errors.tenantRateLimit((long) throttle.perSecond())
                                        : Errors.rateLimit()));
            case Fault.DropAbove ignored -> send(response, drop(target, device, body));
        };
    }

    private Reply judge(Api.Target target, String device, @Nullable String token, byte[] body) {
        long number = ledger.nextNumber();
        Platform.Judgement judgement = platform.judge(number, target, token, body);
        note(number, target, device, body, judgement.reply(), judgement.accepted());
        options.onExchange.accept(new SimulatorOptions.Exchange(
                target.path(),
                token,
                new String(body, StandardCharsets.UTF_8),
                judgement.reply().status(),
                judgement.reply().body()));
        return judgement.reply();
    }

    private static Reply echo(int status, @Nullable String token, byte[] body) {
        String page = "<html><body>cannot serve access_token: " + token + "\n\n"
                + new String(body, StandardCharsets.UTF_8) + "</body></html>";
        return new Reply(status, null, "text/html", page, Map.of());
    }

    private Reply refuse(Api.Target target, String device, byte[] body, Reply reply) {
        note(ledger.nextNumber(), target, device, body, reply, List.of());
        return reply;
    }

    private Reply drop(Api.Target target, String device, byte[] body) {
        return refuse(target, device, body, Reply.empty(200));
    }

    private void note(
            long number, Api.Target target, String device, byte[] body, Reply reply, List<Ledger.Accepted> accepted) {
        ledger.note(
                new Ledger.Request(
                        number,
                        platform.now(),
                        target.api(),
                        device,
                        reply.status(),
                        reply.errorCode(),
                        reply.isAccepted() || !accepted.isEmpty(),
                        body.length),
                accepted);
    }

    private static String authenticatingDevice(byte[] body) {
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
        response.status(reply.status()).header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(length));
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
