package io.iotdarelay.simulator;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.node.ObjectNode;

/**
 * IoTDA on this machine, over real TLS, on one event loop. Register devices, point a client at {@link #endpoint()} with trust
 * in {@link #certificateAuthority()}, and read the {@link #ledger()}.
 */
public final class Simulator implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final SimulatorOptions options;
    private final Registry registry;
    private final TokenBook tokens;
    private final Application application;
    private final Responder responder;
    private final Ledger ledger;
    private final Faults faults;
    private volatile Certificates certificates;
    private @Nullable Certificates next;
    private final LoopResources loops = LoopResources.create("iotda-simulator", 1, true);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicLong handshakes = new AtomicLong();
    private @Nullable DisposableServer server;
    private int port;

    /** What was given instead of an own certificate, in PEM. */
    private final @Nullable String given;

    private Simulator(SimulatorOptions options) {
        this.options = options;
        this.registry = new Registry(options.clock);
        this.tokens = new TokenBook(options.tokenLifetime, options.clock);
        Shadows shadows = new Shadows(options.clock);
        this.application = new Application(options, registry, tokens, shadows);
        this.ledger = new Ledger(options.ledgerKeeps);
        this.faults = new Faults(new SplittableRandom(options.seed), System::nanoTime);
        this.responder =
                new Responder(options, new Platform(options, registry, tokens, shadows), application, ledger, faults);
        this.certificates = new Certificates(options.names);
        this.port = options.port;
        this.given = options.certificate == null ? null : Certificates.text(options.certificate);
    }

    public static Simulator start() {
        return start(new SimulatorOptions());
    }

    /** One that does not listen yet: {@link #acceptConnections()}. */
    static Simulator prepare(SimulatorOptions options) {
        return new Simulator(options);
    }

    public static Simulator start(SimulatorOptions options) {
        Simulator simulator = prepare(options);
        simulator.acceptConnections();
        return simulator;
    }

    /** Where it listens, without a slash at the end. */
    public String endpoint() {
        return "https://localhost:" + port;
    }

    /** The certificate to trust, in PEM. */
    public String certificateAuthority() {
        return given == null ? certificates.authorityPem() : given;
    }

    /** The other side: who may call it, and how it behaves. */
    public Application application() {
        return application;
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
            registry.register(device);
        }
    }

    /** Registers a product, or replaces that of the same ID; it counts for its devices at once. */
    public void registerProduct(String id, SimulatedProduct product) {
        ObjectNode definition = Json.object().put("product_id", id);
        definition.set("service_capabilities", product.capabilities());
        registry.register(id, product, definition);
    }

    /** The same in the JSON of the application side, with {@code service_capabilities}; returns its ID. */
    public String registerProduct(String json) {
        return application.products().add(Json.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    public Collection<SimulatedDevice> devices() {
        return registry.all().stream().map(Registry.Entry::device).toList();
    }

    /** The device of that ID, however it was registered. */
    public Optional<SimulatedDevice> device(String id) {
        return Optional.ofNullable(registry.device(id));
    }

    /** Deletes a device; its tokens are void. */
    public void delete(String device) {
        registry.remove(device);
        tokens.revoke(device);
    }

    /** Freezes a device, as an operator can: it cannot authenticate, and its tokens are void. */
    public void freeze(String device) {
        registry.change(device, known -> known.frozen(true));
        tokens.revoke(device);
    }

    public void unfreeze(String device) {
        registry.change(device, known -> known.frozen(false));
    }

    /** Voids the tokens of a device. */
    public void revokeTokens(String device) {
        tokens.revoke(device);
    }

    /** Voids all tokens. */
    public void revokeAllTokens() {
        tokens.revokeAll();
    }

    /** From now on, tokens live so long. */
    public void tokenLifetime(Duration lifetime) {
        tokens.lifetime(lifetime);
    }

    /** Takes a token for a device, as a second owner would: the first one's dies 30 seconds from now. */
    public String stealToken(String device) {
        return tokens.issue(device);
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
        listen(ownCertificate());
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
        Certificates prepared = new Certificates(options.names);
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
        certificates = prepared == null ? new Certificates(options.names) : prepared;
        next = null;
        acceptConnections();
    }

    @Override
    public void close() {
        refuseConnections();
        loops.disposeLater(Duration.ZERO, STOP_TIMEOUT).block(STOP_TIMEOUT);
    }

    private SslContext ownCertificate() {
        return options.certificate == null || options.key == null
                ? certificates.valid(options.tls13)
                : Certificates.given(options.certificate, options.key, options.tls13);
    }

    private void listen(SslContext tls) {
        DisposableServer running = HttpServer.create()
                .host(options.host)
                .port(port)
                .runOn(loops)
                .channelGroup(connections)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .secure(spec -> spec.sslContext(tls))
                .doOnChannelInit((observer, channel, address) -> count(channel))
                .handle(responder::handle)
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
}
