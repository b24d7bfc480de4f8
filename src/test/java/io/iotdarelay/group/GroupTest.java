package io.iotdarelay.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.iotdarelay.group.Answers.Answered;
import io.iotdarelay.group.Answers.Silent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Whoever is behind the addresses: it costs two seconds at most, and is named. */
class GroupTest {

    private static final Question QUESTION =
            new Question("GET", "/actuator/relay?scope=instance", Optional.of("Basic eDp5"), new byte[0]);

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(server -> server.stop(0));
        groups.forEach(Group::close);
    }

    @Test
    void hearsAllAndCountsNobodyTwice() throws IOException {
        InetSocketAddress one = peer(exchange -> answer(exchange, 200, "one", "{\"n\":1}"));
        InetSocketAddress again = peer(exchange -> answer(exchange, 204, "one", ""));
        InetSocketAddress twice = peer(exchange -> answer(exchange, 200, "one", "{\"n\":1}"));
        InetSocketAddress other = peer(exchange -> answer(exchange, 409, "other", "{\"error\":\"not here\"}"));

        Answers answers = ask(one, again, twice, other);

        assertThat(answers.asked()).isTrue();
        assertThat(answers.silent()).isEmpty();
        assertThat(answers.answered())
                .containsExactlyInAnyOrder(
                        new Answered("pod-one", 200, Map.of("n", 1)),
                        new Answered("pod-other", 409, Map.of("error", "not here")));
        assertThat(asked)
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).startsWith("GET /actuator/relay?scope=instance Basic eDp5 "));
        assertThat(asked.stream().map(line -> line.replaceAll(".* ", "")).distinct())
                .as("one number for one question")
                .hasSize(1);
    }

    @Test
    void doesNotAnswerItself() throws IOException {
        Group[] self = new Group[1];
        InetSocketAddress own = peer(exchange -> answer(
                exchange,
                self[0].isNew(String.valueOf(exchange.getRequestHeaders().getFirst(Group.QUESTION))) ? 200 : 204,
                self[0].id(),
                ""));
        self[0] = group(() -> Mono.just(List.of(own)));

        Answers answers = Objects.requireNonNull(self[0].ask(QUESTION).block());

        assertThat(answers.answered()).isEmpty();
        assertThat(answers.silent()).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void namesLiars() throws IOException {
        InetSocketAddress elsewhere = peer(exchange -> answer(exchange, 200, "lured", "{}"));
        Map<InetSocketAddress, String> liars = Map.of(
                peer(exchange -> {
                    exchange.getResponseHeaders().set("Location", "http:/" + elsewhere + "/");
                    answer(exchange, 302, "redirect", "");
                }),
                "it answers 302",
                peer(exchange -> answer(exchange, 401, null, "")),
                "it does not accept the credentials (401)",
                peer(exchange -> answer(exchange, 403, null, "")),
                "it does not accept the credentials (403)",
                peer(exchange -> answer(exchange, 500, "broken", "{}")),
                "it answers 500",
                peer(exchange -> answer(exchange, 200, null, "{}")),
                "it is no relay that answers others; an older version, perhaps",
                peer(exchange -> answer(exchange, 200, "list", "[1]")),
                "its answer is no JSON object",
                peer(exchange -> answer(exchange, 200, "null", "null")),
                "its answer is no JSON object",
                peer(exchange -> answer(exchange, 200, "deep", "{\"a\":".repeat(100_000))),
                "its answer is no JSON object",
                peer(exchange -> answer(exchange, 200, "huge", " ".repeat(Group.MOST_BYTES + 1))),
                "its answer is larger than 2 MB",
                peer(exchange -> answer(exchange, 204, "hiding", "")),
                "it answered under another address, and that answer is missing");

        Answers answers = ask(liars.keySet().toArray(InetSocketAddress[]::new));

        assertThat(answers.answered()).isEmpty();
        assertThat(answers.silent())
                .containsExactlyInAnyOrderElementsOf(liars.entrySet().stream()
                        .map(liar -> new Silent("127.0.0.1:" + liar.getKey().getPort(), liar.getValue()))
                        .toList());
        assertThat(asked).hasSize(liars.size());
    }

    @Test
    void waitsForNobodyLongerThanTwoSeconds() throws IOException {
        try (ServerSocket hanging = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            InetSocketAddress dripping = peer(exchange -> {
                exchange.getResponseHeaders().set(Group.INSTANCE, "drip");
                exchange.sendResponseHeaders(200, 1_000);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
            });
            InetSocketAddress good = peer(exchange -> answer(exchange, 200, "good", "{}"));
            long begin = System.nanoTime();

            Answers answers = ask(address(hanging.getLocalPort()), dripping, good, address(1));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Group.PATIENCE, Duration.ofSeconds(4));
            assertThat(answers.answered()).extracting(Answered::instance).containsExactly("pod-good");
            assertThat(answers.silent())
                    .containsExactlyInAnyOrder(
                            new Silent("127.0.0.1:" + hanging.getLocalPort(), "no answer in 2 s"),
                            new Silent("127.0.0.1:" + dripping.getPort(), "no answer in 2 s"),
                            new Silent("127.0.0.1:1", "no connection"));
        }
    }

    @Test
    void doesNotWaitForOthersIfOneAnswerIsEnough() throws IOException {
        try (ServerSocket hanging = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            InetSocketAddress good = peer(exchange -> answer(exchange, 200, "good", "{}"));
            Group group = group(() -> Mono.just(List.of(address(hanging.getLocalPort()), good)));

            Answers answers =
                    Objects.requireNonNull(group.ask(QUESTION, Duration.ofMinutes(1), answer -> answer.status() == 200)
                            .block(Duration.ofSeconds(30)));

            assertThat(answers.answered()).hasSize(1);
        }
    }

    @Test
    void namesDnsIfItIsThatWhichDoesNotAnswer() {
        assertThat(ask(() -> Mono.error(new UnknownHostException("x"))).silent())
                .containsExactly(new Silent("dns:relay-peers:8080", "DNS does not know the name"));
        assertThat(ask(() -> Mono.error(new IllegalStateException("x"))).silent())
                .containsExactly(
                        new Silent("dns:relay-peers:8080", "its addresses cannot be found: IllegalStateException"));
        assertThat(ask(Mono::never).silent())
                .containsExactly(new Silent("dns:relay-peers:8080", "no answer of DNS in 2 s"));
    }

    @Test
    void sendsNothingToWhoDoesNotProveItself() throws IOException {
        InetSocketAddress plain = peer(exchange -> answer(exchange, 200, "plain", "{}"));
        Group group = new Group(
                "dns:relay-peers:8080",
                Optional.of(() -> Mono.just(List.of(plain))),
                new PeerClient(true, Optional::empty),
                this::number);
        groups.add(group);

        assertThat(Objects.requireNonNull(group.ask(QUESTION).block()).silent())
                .extracting(Silent::instance)
                .containsExactly("127.0.0.1:" + plain.getPort());
        assertThat(asked).isEmpty();
    }

    @Test
    void asksFiftyAtMost() {
        List<InetSocketAddress> many =
                IntStream.rangeClosed(1, 60).mapToObj(port -> address(port)).toList();

        assertThat(ask(() -> Mono.just(many)).silent())
                .hasSize(51)
                .contains(new Silent("dns:relay-peers:8080", "it has 60 addresses; 50 were asked"));
    }

    @Test
    void asksFewQuestionsAtATime() {
        Group group = group(Mono::never);
        List<Answers> answers = new CopyOnWriteArrayList<>();
        List<Disposable> waiting = IntStream.range(0, Group.MOST_AT_A_TIME)
                .mapToObj(i -> group.ask(QUESTION).subscribe(answers::add))
                .toList();

        assertThat(Objects.requireNonNull(group.ask(QUESTION).block(Duration.ofMillis(500)))
                        .silent())
                .containsExactly(
                        new Silent("dns:relay-peers:8080", "not asked: too many ask for the whole group at a time"));

        waiting.forEach(Disposable::dispose);
        assertThat(Objects.requireNonNull(group.ask(QUESTION).block()).silent())
                .extracting(Silent::why)
                .containsExactly("no answer of DNS in 2 s");
    }

    @Test
    void asksNobodyWhereThereIsNobody() {
        Group alone = new Group("", Optional.empty(), client(), this::number);
        groups.add(alone);

        assertThat(alone.isAlone()).isTrue();
        assertThat(alone.ask(QUESTION).block()).isEqualTo(Answers.NONE);
    }

    @Test
    void remembersOnlySoManyQuestions() {
        Group group = group(Mono::never);

        assertThat(group.isNew("first")).isTrue();
        assertThat(group.isNew("first")).isFalse();
        IntStream.range(0, 10_000).forEach(i -> assertThat(group.isNew("q" + i)).isTrue());

        assertThat(group.isNew("first")).isTrue();
        assertThat(group.isNew("x".repeat(65))).isTrue();
        assertThat(group.isNew("x".repeat(65))).as("too long to be remembered").isTrue();
    }

    private Answers ask(InetSocketAddress... peers) {
        return ask(() -> Mono.just(List.of(peers)));
    }

    private Answers ask(PeerAddresses addresses) {
        return Objects.requireNonNull(group(addresses).ask(QUESTION).block());
    }

    private Group group(PeerAddresses addresses) {
        Group group = new Group("dns:relay-peers:8080", Optional.of(addresses), client(), this::number);
        groups.add(group);
        return group;
    }

    private static PeerClient client() {
        return new PeerClient(false, Optional::empty);
    }

    private String number() {
        return "n" + numbers.incrementAndGet();
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** What a peer does with a question. */
    @FunctionalInterface
    private interface Behaviour {
        void on(HttpExchange exchange) throws IOException;
    }

    private InetSocketAddress peer(Behaviour behaviour) throws IOException {
        HttpServer server = HttpServer.create(address(0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst(Group.QUESTION));
            behaviour.on(exchange);
        });
        server.start();
        servers.add(server);
        return server.getAddress();
    }

    private static void answer(HttpExchange exchange, int status, @Nullable String id, String body) throws IOException {
        if (id != null) {
            exchange.getResponseHeaders().set(Group.INSTANCE, id);
            exchange.getResponseHeaders().set(Group.NAME, "pod-" + id);
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try {
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            // who asked has closed the connection
        }
        exchange.close();
    }
}
