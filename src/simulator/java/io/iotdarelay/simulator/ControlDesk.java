package io.iotdarelay.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the platform does not have: plain HTTP on a port of its own, by which tests read the ledger and order faults. It never shows
 * a secret or a token.
 */
final class ControlDesk implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST = 10_000;
    private static final int MOST_BODY = 65_536;
    private static final int MOST_FAULTS = 1000;

    private record Ordered(FaultOrder order, Faults.Injection injection) {}

    private final Simulator simulator;
    private final LoopResources loops = LoopResources.create("iotda-simulator-control", 1, true);
    private final SortedMap<Long, Ordered> orders = new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final DisposableServer server;
    private volatile long handshakesBefore;

    ControlDesk(Simulator simulator, String host, int port) {
        this.simulator = simulator;
        Application application = simulator.application();
        this.server = HttpServer.create()
                .host(host)
                .port(port)
                .runOn(loops)
                .route(routes -> routes.get("/health", (request, response) -> text(response, "UP\n"))
                        .get("/ca.pem", (request, response) -> text(response, simulator.certificateAuthority()))
                        .get("/ledger", (request, response) -> json(response, 200, counts()))
                        .delete("/ledger", this::clearLedger)
                        .get("/ledger/requests", (request, response) -> json(response, 200, requests(request)))
                        .get("/ledger/accepted", (request, response) -> json(response, 200, accepted(request)))
                        .get("/faults", (request, response) -> json(response, 200, ordered()))
                        .post("/faults", this::order)
                        .delete("/faults", this::clearFaults)
                        .delete("/faults/{number}", this::end)
                        .put("/shadow-delay", set(text -> application.shadowDelay(Durations.parse(text))))
                        .put("/shadows", set(this::shadows))
                        .put("/secrets", set(text -> application.secrets(secrecy(text))))
                        .put("/visible-after", set(text -> application.createdVisibleAfter(Durations.parse(text))))
                        .put("/clock-offset", set(text -> application.clockOffset(Durations.parseSigned(text))))
                        .put("/grant-delay", set(text -> application.grantTakes(Durations.parse(text)))))
                .bindNow(STOP_TIMEOUT);
    }

    int port() {
        return server.port();
    }

    /** A fault from the start. */
    void order(FaultOrder order) {
        place(order);
    }

    @Override
    public void close() {
        server.disposeNow(STOP_TIMEOUT);
        loops.disposeLater(Duration.ZERO, STOP_TIMEOUT).block(STOP_TIMEOUT);
    }

    private ObjectNode counts() {
        Ledger ledger = simulator.ledger();
        ObjectNode counts = Json.object()
                .put("requests", ledger.requestCount())
                .put("accepted", ledger.acceptedCount())
                .put("handshakes", simulator.handshakes() - handshakesBefore);
        ObjectNode answers = counts.putObject("answers");
        ledger.answers().forEach(answers::put);
        return counts;
    }

    private ObjectNode requests(HttpServerRequest request) {
        Map<String, String> parameters = parameters(request);
        Predicate<Ledger.Request> matching =
                matching(parameters, "api", (Ledger.Request each) -> each.api().name());
        Ledger.Part<Ledger.Request> part = simulator
                .ledger()
                .requests(
                        number(parameters, "from", 0),
                        limit(parameters),
                        matching.and(matching(parameters, "device", Ledger.Request::device)));
        return list("requests", part, ControlDesk::describe);
    }

    private ObjectNode accepted(HttpServerRequest request) {
        Map<String, String> parameters = parameters(request);
        Predicate<Ledger.Accepted> matching =
                matching(parameters, "api", (Ledger.Accepted each) -> each.api().name());
        Ledger.Part<Ledger.Accepted> part = simulator
                .ledger()
                .accepted(
                        number(parameters, "from", 0),
                        limit(parameters),
                        matching.and(matching(parameters, "device", Ledger.Accepted::device))
                                .and(matching(parameters, "service", Ledger.Accepted::service)));
        return list("accepted", part, ControlDesk::describe);
    }

    private static <T> ObjectNode list(String name, Ledger.Part<T> part, Function<T, ObjectNode> description) {
        ObjectNode answer = Json.object().put("next", part.next());
        ArrayNode entries = answer.putArray(name);
        part.entries().forEach(each -> entries.add(description.apply(each)));
        return answer;
    }

    private static ObjectNode describe(Ledger.Request request) {
        return Json.object()
                .put("number", request.number())
                .put("at", Times.extended(request.at()))
                .put("api", request.api().name())
                .put("device", request.device())
                .put("status", request.status())
                .put("error_code", request.errorCode())
                .put("processed", request.processed())
                .put("body", request.body())
                .put("detail", request.detail());
    }

    private static ObjectNode describe(Ledger.Accepted accepted) {
        ObjectNode described = Json.object()
                .put("request", accepted.request())
                .put("at", Times.extended(accepted.at()))
                .put("api", accepted.api().name())
                .put("device", accepted.device())
                .put("sender", accepted.sender())
                .put("service", accepted.service())
                .put("event_time", accepted.eventTime())
                .put("discarded", accepted.discarded());
        described.set("content", accepted.content());
        return described;
    }

    private Publisher<Void> clearLedger(HttpServerRequest request, HttpServerResponse response) {
        simulator.ledger().clear();
        handshakesBefore = simulator.handshakes();
        return response.status(204).send();
    }

    private ObjectNode ordered() {
        ObjectNode answer = Json.object();
        forgetSpent();
        orders.forEach((number, ordered) -> {
            ObjectNode described = answer.putObject(number.toString());
            ordered.order().words().forEach(described::put);
            ordered.injection().left().ifPresent(left -> described.put("left", left));
        });
        return answer;
    }

    private void forgetSpent() {
        orders.values().removeIf(ordered -> ordered.injection().isSpent());
    }

    private Publisher<Void> order(HttpServerRequest request, HttpServerResponse response) {
        return withBody(request, response, body -> {
            Map<String, String> words = new HashMap<>();
            Json.parse(body.getBytes(StandardCharsets.UTF_8))
                    .forEachEntry((name, value) -> words.put(name, value.asString("")));
            long number = place(FaultOrder.of(words));
            return json(response, 201, Json.object().put("number", number));
        });
    }

    private long place(FaultOrder order) {
        forgetSpent();
        if (orders.size() >= MOST_FAULTS) {
            throw new IllegalArgumentException(MOST_FAULTS + " faults are in force");
        }
        long number = numbers.incrementAndGet();
        orders.put(
                number, new Ordered(order, simulator.faults().injectNext(order.times(), order.when(), order.fault())));
        return number;
    }

    private Publisher<Void> clearFaults(HttpServerRequest request, HttpServerResponse response) {
        orders.values().forEach(ordered -> ordered.injection().close());
        orders.clear();
        return response.status(204).send();
    }

    private Publisher<Void> end(HttpServerRequest request, HttpServerResponse response) {
        forgetSpent();
        String number = String.valueOf(request.param("number"));
        Ordered ordered = number.matches("\\d{1,18}") ? orders.remove(Long.valueOf(number)) : null;
        if (ordered == null) {
            return response.sendNotFound();
        }
        ordered.injection().close();
        return response.status(204).send();
    }

    /** Sets how the application side behaves, by the body. */
    private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> set(Consumer<String> setting) {
        return (request, response) -> withBody(request, response, body -> {
            setting.accept(body.strip());
            return response.status(204).send();
        });
    }

    private void shadows(String state) {
        switch (state) {
            case "held" -> simulator.application().holdShadows();
            case "released" -> simulator.application().releaseShadows();
            default -> throw new IllegalArgumentException("shadows are held or released: " + state);
        }
    }

    private static Secrecy secrecy(String text) {
        return switch (text) {
            case "shown" -> Secrecy.SHOWN;
            case "masked" -> Secrecy.MASKED;
            case "absent" -> Secrecy.ABSENT;
            default -> throw new IllegalArgumentException("secrets are shown, masked or absent: " + text);
        };
    }

    /** What is wrong with a body is thrown. */
    private static Publisher<Void> withBody(
            HttpServerRequest request, HttpServerResponse response, Function<String, Publisher<Void>> answer) {
        return Bodies.read(request.receive(), MOST_BODY + 1).flatMap(bytes -> {
            if (bytes.length > MOST_BODY) {
                return Mono.from(response.status(413).send());
            }
            try {
                return Mono.from(answer.apply(new String(bytes, StandardCharsets.UTF_8)));
            } catch (IllegalArgumentException e) {
                return Mono.from(problem(response, e));
            }
        });
    }

    private static Publisher<Void> problem(HttpServerResponse response, IllegalArgumentException e) {
        return json(response, 400, Json.object().put("error", e.getMessage()));
    }

    private static Publisher<Void> json(HttpServerResponse response, int status, ObjectNode body) {
        return response.status(status)
                .header("Content-Type", Reply.JSON)
                .sendString(Mono.just(body.toString()))
                .then();
    }

    private static Publisher<Void> text(HttpServerResponse response, String body) {
        return response.header("Content-Type", "text/plain")
                .sendString(Mono.just(body))
                .then();
    }

    private static Map<String, String> parameters(HttpServerRequest request) {
        int query = request.uri().indexOf('?');
        return Page.parameters(query < 0 ? "" : request.uri().substring(query + 1));
    }

    private static <T> Predicate<T> matching(Map<String, String> parameters, String name, Function<T, String> value) {
        @Nullable String wanted = parameters.get(name);
        return each -> wanted == null
                || wanted.toUpperCase(Locale.ROOT).equals(value.apply(each).toUpperCase(Locale.ROOT));
    }

    private static int limit(Map<String, String> parameters) {
        return (int) Math.min(MOST, number(parameters, "limit", 1000));
    }

    private static long number(Map<String, String> parameters, String name, long otherwise) {
        String text = parameters.getOrDefault(name, "");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
    }
}
