package io.iotdarelay.group;

import io.iotdarelay.group.Answers.Answered;
import io.iotdarelay.group.Answers.Silent;
import io.iotdarelay.group.PeerClient.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferOverflowException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks all other instances at once. Each question has a number, and no instance answers one twice: so an instance that is found under
 * two addresses counts once, and who asks does not answer itself. Callable from any thread.
 */
public final class Group implements AutoCloseable {

    /** How long an answer may take, with everything. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Header of a request: the question's number. */
    public static final String QUESTION = PeerClient.QUESTION;
    /** Header of an answer: who answers. */
    public static final String INSTANCE = PeerClient.INSTANCE;
    /** Header of an answer: the name of who answers. */
    public static final String NAME = PeerClient.NAME;

    static final int MOST_PEERS = 50;
    static final int MOST_AT_A_TIME = 8;
    static final int MOST_BYTES = 2 * 1024 * 1024;

    private static final int MOST_REMEMBERED = 10_000;
    private static final int LONGEST_NUMBER = 64;
    private static final String NAMES = "[A-Za-z0-9._-]{1,100}";
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int REDIRECT = 300;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    /** What endpoints answer besides, with the reason. */
    private static final Set<Integer> REFUSALS = Set.of(BAD_REQUEST, 404, 409, 503, 504);

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final String name;
    private final String id;
    private final Optional<PeerAddresses> addresses;
    private final PeerClient client;
    private final Supplier<String> numbers;
    private final AtomicInteger asking = new AtomicInteger();
    private final Map<String, Boolean> questions = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    });

    /**
     * Asks nobody yet.
     *
     * @param name what the addresses are called, as configured
     * @param addresses where the instances are; none if there is but this one
     * @param numbers random
     */
    Group(String name, Optional<PeerAddresses> addresses, PeerClient client, Supplier<String> numbers) {
        this.name = name;
        this.addresses = addresses;
        this.client = client;
        this.numbers = numbers;
        this.id = numbers.get();
    }

    /** Whether there may be others. */
    public boolean isAlone() {
        return addresses.isEmpty();
    }

    /** What the own answers have in {@link #INSTANCE}. */
    public String id() {
        return id;
    }

    /** Whether to answer a question: the own ones, and those that were answered, are not. */
    public boolean isNew(String number) {
        return number.length() > LONGEST_NUMBER || questions.putIfAbsent(number, true) == null;
    }

    /** What becomes of asking one address. */
    private sealed interface Outcome {

        record Told(String id, Answered answer) implements Outcome {}

        /** Who is there answers this question, or has asked it. */
        record Same(String address, String id) implements Outcome {}

        record Nothing(Silent silent) implements Outcome {}
    }

    /** Asks all others, within {@link #PATIENCE}. */
    public Mono<Answers> ask(Question question) {
        return ask(question, PATIENCE, answer -> false);
    }

    /**
     * Asks all others.
     *
     * @param enough with which answer the others need not be waited for
     */
    public Mono<Answers> ask(Question question, Duration patience, Predicate<Answered> enough) {
        return addresses
                .map(found -> Mono.defer(() -> ask(found, question, patience, enough)))
                .orElse(Mono.just(Answers.NONE));
    }

    private Mono<Answers> ask(PeerAddresses found, Question question, Duration patience, Predicate<Answered> enough) {
        if (asking.incrementAndGet() > MOST_AT_A_TIME) {
            asking.decrementAndGet();
            return Mono.just(nobody("not asked: too many ask for the whole group at a time"));
        }
        String number = numbers.get();
        questions.put(number, true);
        Mono<Long> end = Mono.delay(patience).cache();
        return found.find()
                .timeout(end)
                .flatMap(all -> Flux.fromIterable(all.stream()
                                .sorted(Comparator.comparing(Group::show))
                                .distinct()
                                .limit(MOST_PEERS)
                                .toList())
                        .flatMap(peer -> ask(peer, number, question, patience, end), MOST_PEERS)
                        .takeUntil(outcome -> outcome instanceof Outcome.Told told && enough.test(told.answer()))
                        .collectList()
                        .map(outcomes -> answers(outcomes, all.size())))
                .onErrorResume(failure -> Mono.just(nobody(unresolved(failure, patience))))
                .doFinally(signal -> asking.decrementAndGet());
    }

    private Mono<Outcome> ask(
            InetSocketAddress peer, String number, Question question, Duration patience, Mono<Long> end) {
        return client.ask(peer, number, question, MOST_BYTES)
                .map(reply -> outcome(show(peer), reply))
                .timeout(end)
                .onErrorResume(
                        failure -> Mono.just(new Outcome.Nothing(new Silent(show(peer), trouble(failure, patience)))));
    }

    private Outcome outcome(String address, Reply reply) {
        int status = reply.status();
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            return nothing(address, "it does not accept the credentials (" + status + ")");
        }
        if (reply.id().isEmpty()) {
            return nothing(
                    address,
                    status >= OK && status < REDIRECT
                            ? "it is no relay that answers others; an older version, perhaps"
                            : "it answers " + status);
        }
        if (status == NO_CONTENT) {
            return new Outcome.Same(address, reply.id().get());
        }
        if ((status < OK || status >= REDIRECT) && !REFUSALS.contains(status)) {
            return nothing(address, "it answers " + status);
        }
        try {
            Map<String, Object> body = JsonMapper.shared().readValue(reply.body(), OBJECT);
            return body == null
                    ? nothing(address, "its answer is no JSON object")
                    : new Outcome.Told(
                            reply.id().get(),
                            new Answered(
                                    reply.name()
                                            .filter(given -> given.matches(NAMES))
                                            .orElse(address),
                                    status,
                                    body));
        } catch (JacksonException e) {
            return nothing(address, "its answer is no JSON object");
        }
    }

    private static Outcome nothing(String address, String why) {
        return new Outcome.Nothing(new Silent(address, why));
    }

    private Answers nobody(String why) {
        return new Answers(true, List.of(), List.of(new Silent(name, why)));
    }

    private Answers answers(List<Outcome> outcomes, int found) {
        Set<String> counted = new HashSet<>(Set.of(id));
        List<Answered> answered = new ArrayList<>();
        List<Silent> silent = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Told told && counted.add(told.id())) {
                answered.add(told.answer());
            }
        }
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Nothing nothing) {
                silent.add(nothing.silent());
            }
            if (outcome instanceof Outcome.Same same && !counted.contains(same.id())) {
                silent.add(new Silent(same.address(), "it answered under another address, and that answer is missing"));
            }
        }
        if (found > MOST_PEERS) {
            silent.add(new Silent(name, "it has " + found + " addresses; " + MOST_PEERS + " were asked"));
        }
        answered.sort(Comparator.comparing(Answered::instance));
        silent.sort(Comparator.comparing(Silent::instance));
        return new Answers(true, answered, silent);
    }

    private static String show(InetSocketAddress peer) {
        String host = peer.getAddress() == null
                ? peer.getHostString()
                : peer.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + peer.getPort();
    }

    private static String unresolved(Throwable failure, Duration patience) {
        return switch (failure) {
            case UnknownHostException unknown -> "DNS does not know the name";
            case TimeoutException late -> "no answer of DNS in " + patience.toSeconds() + " s";
            default -> "its addresses cannot be found: " + failure.getClass().getSimpleName();
        };
    }

    private static String trouble(Throwable failure, Duration patience) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case TimeoutException late -> {
                    return "no answer in " + patience.toSeconds() + " s";
                }
                case BufferOverflowException large -> {
                    return "its answer is larger than " + MOST_BYTES / 1024 / 1024 + " MB";
                }
                case SSLException untrusted -> {
                    return "no TLS with it, or its certificate is not trusted: see relay.desk.ssl-bundle";
                }
                case ConnectException refused -> {
                    return "no connection";
                }
                default -> {
                    // the cause may tell
                }
            }
        }
        return failure instanceof IOException
                ? "the connection broke"
                : failure.getClass().getSimpleName();
    }

    @Override
    public void close() {
        client.close();
    }
}
