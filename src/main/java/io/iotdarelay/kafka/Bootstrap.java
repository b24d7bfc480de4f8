package io.iotdarelay.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.utils.Utils;

/**
 * Checks whether Kafka can be reached, before a client is opened that would not report the problem, or would not survive it.
 * It resolves the name, connects, checks whether the port speaks the configured protocol, and authenticates; then the same
 * for every advertised broker. One bootstrap server and one broker are enough.
 *
 * <p>A check waits for the network, and for DNS without a time limit: call it on a thread that may block. It keeps nothing
 * between checks.
 */
public final class Bootstrap {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_BROKERS = 30;
    private static final int THREADS = 8;

    private final Map<String, Object> configuration;
    private final String protocol;
    private final Duration patience;
    private final FirstBytes firstBytes;

    /**
     * A check on behalf of a client.
     *
     * @param configured the configuration of a consumer or producer
     */
    public Bootstrap(Map<String, Object> configured) {
        this(configured, PATIENCE);
    }

    Bootstrap(Map<String, Object> configured, Duration patience) {
        this.configuration = ClientSettings.admin(configured);
        this.protocol = ClientSettings.protocol(configured).toUpperCase(Locale.ROOT);
        this.patience = patience;
        this.firstBytes = new FirstBytes(protocol, patience);
    }

    /** Checks, and waits for the result. */
    public Reach check() {
        List<String> servers = ClientSettings.bootstrapServers(configuration);
        if (servers.isEmpty()) {
            return Reach.none("bootstrap.servers is empty");
        }
        List<Contact> contacts = together(
                servers.stream()
                        .<Callable<Contact>>map(server -> () -> contact(server))
                        .toList(),
                why -> new Contact.Failed(Obstacle.of(why)));
        List<Obstacle> failed = contacts.stream()
                .flatMap(contact -> contact instanceof Contact.Failed one ? Stream.of(one.obstacle()) : Stream.empty())
                .toList();
        // A client begins with any of them, so one that it does not survive is one too many.
        Optional<Contact.Made> made = contacts.stream()
                .flatMap(contact -> contact instanceof Contact.Made one ? Stream.of(one) : Stream.empty())
                .findFirst();
        if (made.isEmpty() || failed.stream().anyMatch(Obstacle::harmful)) {
            return Reach.none(failed.stream().map(Obstacle::why).distinct().collect(Collectors.joining("; ")));
        }
        return made.get().brokers().isEmpty() ? Reach.WHOLE : check(made.get());
    }

    /** The outcome of one bootstrap server. */
    private sealed interface Contact {
        record Made(String server, List<Node> brokers) implements Contact {}

        record Failed(Obstacle obstacle) implements Contact {}
    }

    private Contact contact(String server) {
        String host = Utils.getHost(server);
        Integer port = Utils.getPort(server);
        if (host == null || port == null) {
            return new Contact.Failed(Obstacle.of("'" + server + "' in bootstrap.servers is not HOST:PORT"));
        }
        List<Node> brokers = new ArrayList<>();
        return reach(new Node(-1, canonical(host), port), connection -> brokers.addAll(connection.brokers()))
                .<Contact>map(Contact.Failed::new)
                .orElseGet(() -> new Contact.Made(server, List.copyOf(brokers)));
    }

    /** The name that clients use: Kerberos may need a different one than the configured name. */
    private String canonical(String host) {
        if (!ClientSettings.usesCanonicalNames(configuration)) {
            return host;
        }
        try {
            return InetAddress.getByName(host).getCanonicalHostName();
        } catch (UnknownHostException e) {
            return host;
        }
    }

    private Reach check(Contact.Made made) {
        List<Node> brokers = made.brokers().stream().limit(MOST_BROKERS).toList();
        List<Obstacle> found =
                together(brokers.stream().map(this::task).toList(), why -> Optional.of(Obstacle.of(why))).stream()
                        .flatMap(Optional::stream)
                        .toList();
        List<String> unreachable = found.stream().map(Obstacle::why).toList();
        // A client connects to every broker sooner or later, and a single one that it does not survive is too many.
        boolean fatal = found.size() == brokers.size() || found.stream().anyMatch(Obstacle::harmful);
        return new Reach(
                fatal
                        ? Optional.of("cannot reach Kafka: " + made.server() + " answers, but not what it advertises: "
                                + String.join("; ", unreachable))
                        : Optional.empty(),
                unreachable);
    }

    private Callable<Optional<Obstacle>> task(Node broker) {
        return () -> reach(broker, connection -> {})
                .map(obstacle -> new Obstacle("broker " + broker.id() + ": " + obstacle.why(), obstacle.harmful()));
    }

    /** Runs tasks side by side. The result of one that fails, or takes too long, is made of the reason. */
    private <T> List<T> together(List<Callable<T>> tasks, Function<String, T> failure) {
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(tasks.size(), THREADS),
                Thread.ofPlatform().name("relay-kafka-check-", 0).daemon().factory());
        try {
            long atMost = patience.multipliedBy(4).toMillis();
            return threads.invokeAll(tasks, atMost, TimeUnit.MILLISECONDS).stream()
                    .map(done -> switch (done.state()) {
                        case SUCCESS -> done.resultNow();
                        case FAILED -> failure.apply(KafkaFailure.ofReading(done.exceptionNow()));
                        case CANCELLED, RUNNING -> failure.apply("a broker could not be checked in time");
                    })
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(failure.apply("the check was interrupted"));
        } finally {
            threads.shutdownNow();
        }
    }

    /** What to do with a working connection. */
    private interface Use {
        void of(BrokerConnection connection) throws IOException;
    }

    /** Tries each address of a node, until one works. Returns why none does, if so. */
    private Optional<Obstacle> reach(Node node, Use use) {
        String name = node.host() + ":" + node.port();
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(node.host());
        } catch (UnknownHostException e) {
            return Optional.of(Obstacle.of("cannot resolve " + name));
        }
        Set<Obstacle> found = new LinkedHashSet<>();
        boolean works = false;
        for (InetAddress address : addresses) {
            if (works && protocol.endsWith("SSL")) {
                break;
            }
            Optional<Obstacle> obstacle = reach(node, address, name, use);
            obstacle.ifPresent(found::add);
            works |= obstacle.isEmpty();
        }
        if (works && found.stream().noneMatch(Obstacle::harmful)) {
            return Optional.empty();
        }
        return Optional.of(new Obstacle(
                found.stream().map(Obstacle::why).collect(Collectors.joining("; ")),
                found.stream().anyMatch(Obstacle::harmful)));
    }

    private Optional<Obstacle> reach(Node node, InetAddress address, String name, Use use) {
        InetSocketAddress socket = new InetSocketAddress(address, node.port());
        boolean tls = protocol.endsWith("SSL");
        Optional<Obstacle> obstacle = tls ? Optional.empty() : firstBytes.ofKafka(socket, name);
        return obstacle.isPresent()
                ? obstacle
                : use(node, address, name, use).map(why -> {
                    Optional<Obstacle> better =
                            tls && why.equals(closes(name)) ? firstBytes.ofTls(socket, name) : Optional.empty();
                    return better.orElseGet(() -> Obstacle.of(why));
                });
    }

    /** Connects as a client does. Returns why that fails, if so. */
    private Optional<String> use(Node node, InetAddress address, String name, Use use) {
        boolean opened = false;
        try (BrokerConnection connection = new BrokerConnection(configuration, node, address, patience)) {
            connection.open();
            opened = true;
            use.of(connection);
            return Optional.empty();
        } catch (AuthenticationException e) {
            return Optional.of(name + ": " + KafkaFailure.ofReading(e));
        } catch (IOException e) {
            return Optional.of(
                    opened
                            ? name + " closes the connection when it is asked for the brokers: does it expect SASL? "
                                    + "security.protocol is " + protocol
                            : closes(name));
        } catch (KafkaException | IllegalArgumentException e) {
            return Optional.of("the configuration of the client cannot be used: " + KafkaFailure.ofReading(e));
        }
    }

    private static String closes(String name) {
        return name + " closes connections before they are authenticated";
    }
}
