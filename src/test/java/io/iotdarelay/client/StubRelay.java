package io.iotdarelay.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Answers as a relay does, or as none should. */
final class StubRelay implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Queue<Reply>> replies = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    record Reply(int status, String body, Map<String, String> headers) {}

    /** A request that came. */
    record Asked(
            String what,
            String body,
            @Nullable String authorization,
            @Nullable String type) {}

    StubRelay() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What is answered next; the last answer is repeated. */
    StubRelay on(String what, int status, String body) {
        return on(what, new Reply(status, body, Map.of()));
    }

    StubRelay on(String what, Reply reply) {
        replies.computeIfAbsent(what, unused -> new ConcurrentLinkedQueue<>()).add(reply);
        return this;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    List<String> requests() {
        return asked.stream().map(Asked::what).toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(new Asked(
                    what,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("Content-Type")));
            Queue<Reply> queue = replies.get(what);
            Reply reply = queue == null
                    ? new Reply(
                            404,
                            "{\"timestamp\":\"2026-12-01T03:00:00Z\",\"path\":\"/x\",\"status\":404,\"error\":\"Not Found\"}",
                            Map.of())
                    : queue.size() > 1 ? queue.remove() : queue.element();
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            reply.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
