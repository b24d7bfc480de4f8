package io.iotdarelay.testing;

import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * A real Kafka broker in this process (KRaft, one node), on a port of one's choice, that can be stopped and started again with
 * what it holds.
 */
public final class LocalKafka implements AutoCloseable {

    private static final class Shared {
        private static final LocalKafka INSTANCE = start();
    }

    private static final String LOOPBACK = "127.0.0.1";

    private final Path directory;
    private final int port;
    private final int otherPort;
    private final KafkaConfig config;
    private KafkaRaftServer server;

    /**
     * A second way to the broker.
     *
     * @param host how it is advertised
     * @param advertisedPort 0 for that on which it listens
     * @param settings those of the listener
     */
    private record Listener(String protocol, String host, int advertisedPort, Map<String, String> settings) {}

    private LocalKafka(int port, Map<String, String> settings, @Nullable Listener other) {
        try {
            this.port = port == 0 ? Ports.free() : port;
            this.otherPort = Ports.free();
            this.directory = Files.createTempDirectory("relay-kafka");
            Properties properties = properties(directory, this.port, Ports.free());
            if (other != null) {
                advertise(properties, other);
            }
            properties.putAll(settings);
            Path file = directory.resolve("server.properties");
            try (OutputStream out = Files.newOutputStream(file)) {
                properties.store(out, null);
            }
            int failed = StorageTool.execute(
                    new String[] {"format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()},
                    new PrintStream(OutputStream.nullOutputStream()));
            if (failed != 0) {
                throw new IllegalStateException("Kafka's storage cannot be formatted");
            }
            this.config = KafkaConfig.fromProps(properties);
            this.server = run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static LocalKafka start() {
        return new LocalKafka(0, Map.of(), null);
    }

    public static LocalKafka start(int port) {
        return new LocalKafka(port, Map.of(), null);
    }

    /** One with a second listener, which is advertised under a name: see {@link #otherBootstrapServers()}. */
    public static LocalKafka advertising(String host) {
        return new LocalKafka(0, Map.of(), new Listener("PLAINTEXT", host, 0, Map.of()));
    }

    /** One with a second listener that speaks TLS. */
    public static LocalKafka withTls(Authority authority) {
        X509Bundle own = authority.issue();
        return new LocalKafka(
                0,
                Map.of(),
                new Listener(
                        "SSL",
                        LOOPBACK,
                        0,
                        Map.of(
                                "ssl.keystore.type",
                                "PEM",
                                "ssl.keystore.certificate.chain",
                                own.getCertificatePathPEM(),
                                "ssl.keystore.key",
                                own.getPrivateKeyPEM())));
    }

    /**
     * One with a second listener for a user, who must be permitted what he does. Who comes by the first one may do everything.
     *
     * @param users their passwords
     */
    public static LocalKafka withPermissions(Map<String, String> users) {
        String known = users.entrySet().stream()
                .map(user -> " user_" + user.getKey() + "=\"" + user.getValue() + "\"")
                .collect(Collectors.joining());
        return new LocalKafka(
                0,
                Map.of(
                        "authorizer.class.name",
                        StandardAuthorizer.class.getName(),
                        "super.users",
                        KafkaPrincipal.ANONYMOUS.toString()),
                new Listener(
                        "SASL_PLAINTEXT",
                        LOOPBACK,
                        0,
                        Map.of(
                                "sasl.enabled.mechanisms",
                                "PLAIN",
                                "plain.sasl.jaas.config",
                                PlainLoginModule.class.getName() + " required" + known + ";")));
    }

    /** One that can be reached through a proxy, too, and advertises the proxy to clients that connect through it. */
    public static LocalKafka behind(TcpProxy proxy) {
        return behind(proxy, Map.of());
    }

    /**
     * The same, and who comes through the proxy speaks TLS, with a certificate of the authority that {@link ClientCertificates} notes,
     * and is a user with a {@link #password}.
     */
    public static LocalKafka behind(TcpProxy proxy, Authority authority) {
        X509Bundle own = authority.issue();
        return behind(
                proxy,
                Map.of(
                        "sasl.enabled.mechanisms",
                        "SCRAM-SHA-256",
                        "scram-sha-256.sasl.jaas.config",
                        ScramLoginModule.class.getName() + " required;",
                        "ssl.keystore.type",
                        "PEM",
                        "ssl.keystore.certificate.chain",
                        own.getCertificatePathPEM(),
                        "ssl.keystore.key",
                        own.getPrivateKeyPEM(),
                        "ssl.truststore.type",
                        "PEM",
                        "ssl.truststore.certificates",
                        authority.pem(),
                        "ssl.client.auth",
                        "required",
                        "principal.builder.class",
                        ClientCertificates.class.getName()));
    }

    private static LocalKafka behind(TcpProxy proxy, Map<String, String> tls) {
        LocalKafka kafka = new LocalKafka(
                0, Map.of(), new Listener(tls.isEmpty() ? "PLAINTEXT" : "SASL_SSL", LOOPBACK, proxy.port(), tls));
        proxy.forwardTo(kafka.otherPort);
        return kafka;
    }

    /** One broker for all tests of this process. Tests use topics and groups of their own. */
    public static LocalKafka shared() {
        return Shared.INSTANCE;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** The second listener, where there is one. */
    public String otherBootstrapServers() {
        return LOOPBACK + ":" + otherPort;
    }

    /** The file of a partition's first records, as they lie on the broker's disk. */
    public Path firstSegment(String topic, int partition) {
        return directory.resolve("data").resolve(topic + "-" + partition).resolve("00000000000000000000.log");
    }

    /** Stops the broker; it keeps what it holds. */
    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Starts the broker again after {@link #stop()}. */
    public void restart() {
        server = run();
    }

    public void createTopic(String name, int partitions, String... settings) {
        Map<String, String> configs = new HashMap<>();
        Arrays.stream(settings).map(setting -> setting.split("=", 2)).forEach(pair -> configs.put(pair[0], pair[1]));
        administer(admin -> {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all()
                    .get();
            return awaitLeaders(admin, name);
        });
    }

    /** A producer that comes before the broker leads the partitions may get its batches mixed up. */
    private static Map<TopicPartition, Long> awaitLeaders(Admin admin, String topic) {
        return await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> ends(admin, topic), ends -> !ends.isEmpty());
    }

    public Admin admin() {
        return admin(Duration.ofMinutes(1));
    }

    /** One that gives up after a time. */
    public Admin admin(Duration patience) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) Math.min(patience.toMillis(), 30_000),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) patience.toMillis()));
    }

    /** What an administrator does, and waits for. */
    @FunctionalInterface
    public interface Administration<T extends @Nullable Object> {
        T by(Admin admin) throws ExecutionException, InterruptedException;
    }

    /** Has an administrator do something that must not fail. */
    public <T extends @Nullable Object> T administer(Administration<T> work) {
        try (Admin admin = admin()) {
            return work.by(admin);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public KafkaProducer<byte[], byte[]> producer() {
        return producer(Map.of());
    }

    /** The same, with settings of one's own. */
    public KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                64 * 1024 * 1024,
                ProducerConfig.LINGER_MS_CONFIG,
                5));
        all.putAll(settings);
        return new KafkaProducer<>(all);
    }

    /** Gives a user a password, for those who come through the proxy. */
    public void password(String user, String password) {
        UserScramCredentialUpsertion credential = new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password);
        administer(admin ->
                admin.alterUserScramCredentials(List.of(credential)).all().get());
    }

    /** How many records of a topic the group has not committed. */
    public long lag(String group, String topic) {
        return administer(admin -> {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            return ends(admin, topic).entrySet().stream()
                    .mapToLong(end -> end.getValue() - offset(committed.get(end.getKey())))
                    .sum();
        });
    }

    /** How many records were ever written to a topic. */
    public long count(String topic) {
        return administer(admin ->
                ends(admin, topic).values().stream().mapToLong(Long::longValue).sum());
    }

    /** The same of one partition. */
    public long count(String topic, int partition) {
        return administer(admin -> ends(admin, topic).getOrDefault(new TopicPartition(topic, partition), 0L));
    }

    private static Map<TopicPartition, Long> ends(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                .flatMap(described -> described.partitions().stream())
                .forEach(
                        partition -> latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private static long offset(@Nullable OffsetAndMetadata committed) {
        return committed == null ? 0 : committed.offset();
    }

    /** All records of a topic, as of now. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** A consumer that reads from the beginning and commits nothing. */
    public KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                Uuid.randomUuid().toString(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                "false",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
    }

    @Override
    public void close() {
        stop();
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KafkaRaftServer run() {
        KafkaRaftServer started = new KafkaRaftServer(config, Time.SYSTEM);
        started.startup();
        return started;
    }

    private void advertise(Properties properties, Listener other) {
        properties.put("listeners", properties.get("listeners") + ",OTHER://127.0.0.1:" + otherPort);
        properties.put(
                "advertised.listeners",
                properties.get("advertised.listeners") + ",OTHER://" + other.host() + ":"
                        + (other.advertisedPort() == 0 ? otherPort : other.advertisedPort()));
        properties.put(
                "listener.security.protocol.map",
                properties.get("listener.security.protocol.map") + ",OTHER:" + other.protocol());
        other.settings().forEach((key, value) -> properties.put("listener.name.other." + key, value));
        properties.put("inter.broker.listener.name", "PLAINTEXT");
    }

    private static Properties properties(Path directory, int port, int controllerPort) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.min.session.timeout.ms", "1000");
        properties.put("auto.create.topics.enable", "false");
        properties.put("message.max.bytes", Integer.toString(16 * 1024 * 1024));
        properties.put("num.network.threads", "2");
        properties.put("num.io.threads", "2");
        properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
        return properties;
    }
}
