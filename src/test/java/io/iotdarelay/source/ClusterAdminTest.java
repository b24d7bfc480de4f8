package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.kafka.ClientSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class ClusterAdminTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    @Test
    void asksOnAThreadOfItsOwnAndClosesOnce() {
        ClusterAdmin admin = new ClusterAdmin(this::open);
        assertThat(opened).hasValue(0);

        for (int i = 0; i < 3; i++) {
            assertThat(admin.ask(this::clusterId, PATIENCE)).contains("here");
        }
        assertThat(opened).hasValue(1);
        assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());

        admin.close();
        admin.close();
        await().untilAtomic(closed, org.hamcrest.Matchers.is(1));
        assertThat(admin.ask(this::clusterId)).isCompletedExceptionally();
    }

    @Test
    void isOpenedAgainAtTheNextQuestionAfterAFailure() {
        ClusterAdmin admin = new ClusterAdmin(() -> {
            if (opened.getAndIncrement() == 0) {
                throw new KafkaException("no such host");
            }
            return open();
        });

        assertThat(admin.ask(this::clusterId, PATIENCE)).isEmpty();
        assertThat(admin.ask(this::clusterId, PATIENCE)).contains("here");
        admin.close();
    }

    @Test
    void closesWithoutHavingBeenOpened() {
        ClusterAdmin admin = new ClusterAdmin(this::open);
        admin.close();
        assertThat(admin.ask(this::clusterId, PATIENCE)).isEmpty();
        assertThat(opened).hasValue(0);
    }

    @Test
    void handsOnWhyKafkaDidNotAnswer() {
        try (ClusterAdmin admin = new ClusterAdmin(this::open)) {
            CompletableFuture<Object> answer = admin.ask(client -> {
                throw new java.util.concurrent.ExecutionException(new KafkaException("not permitted"));
            });
            await().until(answer::isDone);
            assertThat(answer.exceptionNow()).hasMessage("not permitted");
        }
    }

    @Test
    void takesFromTheConsumersConfigurationWhatAnAdminClientKnowsAndWhatPlugInsMayNeed() {
        Map<String, Object> configuration = ClientSettings.admin(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                "kafka:9092",
                ConsumerConfig.CLIENT_ID_CONFIG,
                "iotda-relay",
                ConsumerConfig.GROUP_ID_CONFIG,
                "group",
                "sasl.mechanism",
                "PLAIN",
                "mine.plug-in",
                "setting"));

        assertThat(configuration)
                .containsEntry(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "kafka:9092")
                .containsEntry(AdminClientConfig.CLIENT_ID_CONFIG, "iotda-relay-admin")
                .containsEntry("sasl.mechanism", "PLAIN")
                .containsEntry("mine.plug-in", "setting")
                .doesNotContainKey(ConsumerConfig.GROUP_ID_CONFIG);
    }

    @Test
    void understandsHowLongATopicKeepsItsRecords() {
        assertThat(retention("delete", "604800000")).isEqualTo(new Retention.Limited(Duration.ofDays(7)));
        assertThat(retention("compact, delete", "1000")).isEqualTo(new Retention.Limited(Duration.ofSeconds(1)));
        assertThat(retention("delete", "-1")).isEqualTo(new Retention.Unlimited());
        assertThat(retention("compact", "604800000")).isEqualTo(new Retention.Unlimited());
        assertThat(Brokers.retention(new Config(List.of()))).isEqualTo(new Retention.Unknown());
    }

    private static Retention retention(String policy, String millis) {
        return Brokers.retention(new Config(
                List.of(new ConfigEntry("cleanup.policy", policy), new ConfigEntry("retention.ms", millis))));
    }

    private String clusterId(Admin admin) {
        threads.add(Thread.currentThread());
        return "here";
    }

    private Admin open() {
        opened.incrementAndGet();
        return new MockAdminClient() {
            @Override
            public synchronized void close(Duration timeout) {
                closed.incrementAndGet();
            }
        };
    }
}
