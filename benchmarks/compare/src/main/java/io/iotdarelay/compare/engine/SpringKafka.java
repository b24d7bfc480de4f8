package io.iotdarelay.compare.engine;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

/** A listener of spring-kafka that waits for each answer: one thread, and one request in flight, for each partition. */
final class SpringKafka {

    private static final int THREADS = 12;
    private static final int OK = 200;

    private final Setting setting;
    private final HttpClient http;
    private final Map<String, Target> targets;
    private final Encoder encoder;

    private SpringKafka(Setting setting) {
        this.setting = setting;
        this.http = setting.jdkClient();
        this.targets = setting.targets();
        this.encoder = new Encoder(setting.scene().to());
    }

    static void run(Setting setting) {
        SpringKafka engine = new SpringKafka(setting);
        ContainerProperties properties = new ContainerProperties(setting.topic());
        properties.setGroupId(setting.group());
        properties.setMessageListener((MessageListener<byte[], byte[]>) engine::deliver);
        ConcurrentMessageListenerContainer<byte[], byte[]> container = new ConcurrentMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(setting.consumer()), properties);
        container.setConcurrency(THREADS);
        container.start();
    }

    private void deliver(ConsumerRecord<byte[], byte[]> record) {
        Encoder.Post post = encoder.encode(record.value(), record.topic(), record.partition(), record.offset());
        Target target = Objects.requireNonNull(targets.get(post.sender()));
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(setting.endpoint().resolve(target.path()))
                            .header("Content-Type", "application/json")
                            .header("access_token", target.token())
                            .POST(HttpRequest.BodyPublishers.ofByteArray(post.body()))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != OK) {
                throw new IllegalStateException("status " + answer.statusCode());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
