package io.iotdarelay.guarantees;

import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.SimulatorOptions;
import io.iotdarelay.testing.Actuator;
import io.iotdarelay.testing.Fleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** A {@link Scene} whose relays keep their tokens in a topic. */
final class TokenScene implements AutoCloseable {

    static final String FIRST_KEY = "2026-11";

    private final Scene scene;
    private String store;

    private TokenScene(Scene scene) {
        this.scene = scene;
        this.store = scene.topic() + ".tokens";
        key(FIRST_KEY, 1);
        scene.relays()
                .with("relay.tokens.store", "topic")
                .with("relay.tokens.topic", store)
                .with("relay.tokens.keys", keys().toUri().toString())
                .with("relay.tokens.key", FIRST_KEY);
    }

    /** The topic of tokens exists. */
    static TokenScene of(String name, int partitions) {
        return of(name, partitions, new SimulatorOptions());
    }

    static TokenScene of(String name, int partitions, SimulatorOptions options) {
        TokenScene tokens = withoutTopic(name, partitions, options);
        tokens.createTopic();
        return tokens;
    }

    static TokenScene withoutTopic(String name, int partitions, SimulatorOptions options) {
        return new TokenScene(Scene.of(name, partitions, options));
    }

    void createTopic() {
        scene.kafka().createTopic(store, 3, "cleanup.policy=compact");
    }

    void deleteTopic() {
        scene.kafka()
                .administer(admin -> admin.deleteTopics(List.of(store)).all().get());
    }

    Scene scene() {
        return scene;
    }

    /** The topic of tokens. */
    String store() {
        return store;
    }

    Path keys() {
        return scene.relays().directory().resolve("token-keys");
    }

    /** Writes the file of a key, which is made from the seed. */
    void key(String id, long seed) {
        byte[] content = new byte[32];
        new SplittableRandom(seed).nextBytes(content);
        file(id, Base64.getEncoder().encodeToString(content));
    }

    void file(String name, String content) {
        try {
            Files.createDirectories(keys());
            Files.writeString(keys().resolve(name), content, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts instances, and waits until each has its share of the partitions. */
    List<ConfigurableApplicationContext> start(int instances, int partitions) {
        List<ConfigurableApplicationContext> relays = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            relays.add(scene.start());
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> relays.stream()
                        .allMatch(relay -> Actuator.of(relay).partitions().size() == partitions / instances));
        return relays;
    }

    /** Sends records of the fleet, and waits until all have arrived. */
    void deliver(Fleet fleet, int each) {
        fleet.produceForEach(scene.producer(), scene.topic(), each);
        scene.awaitEachOnce(fleet, Duration.ofSeconds(60));
    }

    long authentications() {
        return scene.simulator().ledger().authentications();
    }

    /** Puts a record into the topic of tokens. */
    void put(byte @Nullable [] key, byte @Nullable [] value) {
        Future<?> unused = scene.producer().send(new ProducerRecord<>(store, key, value));
        scene.flush();
    }

    void delete(String key) {
        try {
            Files.delete(keys().resolve(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another topic with what compaction leaves of this one, which relays use from now on. */
    void compact() {
        Map<String, ConsumerRecord<byte[], byte[]>> last = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : scene.kafka().records(store)) {
            last.put(record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8), record);
        }
        store = store + "-compacted";
        createTopic();
        last.values().forEach(record -> put(record.key(), record.value()));
        scene.relays().with("relay.tokens.topic", store);
    }

    @Override
    public void close() throws Exception {
        scene.close();
    }
}
