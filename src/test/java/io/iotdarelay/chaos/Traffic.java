package io.iotdarelay.chaos;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Upstream: a few hundred devices whose records come steadily, each device's in one partition, occasionally a broken one. A
 * partition that is added gets new devices, for the old ones would lose their order in another.
 */
final class Traffic implements AutoCloseable {

    /** Records a second. */
    static final int RATE = 200;

    private static final int TICK_MILLIS = 20;
    private static final int DEVICES = 200;
    private static final int DEVICES_OF_NEW_PARTITION = 20;
    private static final int BROKEN_ONE_IN = 100;
    private static final int STOP_SECONDS = 130;
    private static final int FLOOD = 1_500;
    private static final int BOMB = 40;
    private static final int BOMB_SIZE = 990_000;
    private static final int GAP = 3_000;

    private final LocalKafka kafka;
    private final Simulator simulator;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaProducer<byte[], byte[]> transactions;
    private final KafkaProducer<byte[], byte[]> compressing;
    private final Fleet fleet;
    private final Map<String, Integer> partitionOf = new ConcurrentHashMap<>();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong opened = new AtomicLong();
    private final Set<String> committed = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final SplittableRandom dice;
    private int partitions;

    Traffic(LocalKafka kafka, Simulator simulator, int partitions, long seed) {
        this.kafka = kafka;
        this.simulator = simulator;
        this.partitions = partitions;
        this.dice = new SplittableRandom(seed);
        this.producer = kafka.producer();
        this.transactions = kafka.producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "chaos"));
        transactions.initTransactions();
        this.compressing = kafka.producer(Map.of(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "zstd",
                ProducerConfig.BATCH_SIZE_CONFIG,
                8 * BOMB_SIZE,
                ProducerConfig.LINGER_MS_CONFIG,
                500));
        simulator.register(SimulatedDevice.direct(World.GAPS_DEVICE, Fleet.secretOf(World.GAPS_DEVICE)));
        this.fleet = Fleet.of(simulator, "d", DEVICES);
        fleet.devices().forEach(device -> partitionOf.put(device, Math.floorMod(device.hashCode(), partitions)));
    }

    void flow() {
        Future<?> unused = thread.scheduleAtFixedRate(this::produce, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends it, and waits until Kafka has everything. */
    void stop() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the producer does not come to its end");
        }
        producer.flush();
    }

    Fleet fleet() {
        return fleet;
    }

    /** How many records were sent that nobody can decode. */
    long broken() {
        return broken.get();
    }

    /** How many records were sent. */
    long total() {
        return fleet.total() + broken.get() + committed.size();
    }

    List<String> devices() {
        return fleet.devices();
    }

    void addPartition() {
        kafka.administer(admin -> admin.createPartitions(Map.of(World.TOPIC, NewPartitions.increaseTo(partitions + 1)))
                .all()
                .get());
        for (int i = 0; i < DEVICES_OF_NEW_PARTITION; i++) {
            String device = "p" + partitions + "-" + i;
            partitionOf.put(device, partitions);
            fleet.join(simulator, device);
        }
        partitions++;
    }

    /** Holds back what comes into one partition from now on. */
    void openTransaction() {
        onThread(() -> {
            transactions.beginTransaction();
            Future<?> unused = transactions.send(new ProducerRecord<>(
                    World.TOPIC, 0, utf8("nobody"), utf8("transaction-" + opened.incrementAndGet())));
            transactions.flush();
        });
    }

    /** A record of a transaction that is committed cannot be decoded; one of another is never delivered. */
    void endTransaction(boolean commits) {
        onThread(() -> {
            if (commits) {
                transactions.commitTransaction();
                committed.add("transaction-" + opened.get());
            } else {
                transactions.abortTransaction();
            }
        });
    }

    /** The values of records whose transaction was committed. */
    Set<String> committed() {
        return Set.copyOf(committed);
    }

    /** Records of another topic that are deleted as soon as they are there. */
    void loseRecords() {
        for (int i = 0; i < GAP; i++) {
            Future<?> unused = compressing.send(
                    new ProducerRecord<>(World.GAPS, utf8(World.GAPS_DEVICE), utf8("{\"n\":" + i + "}")));
        }
        compressing.flush();
        kafka.administer(admin -> admin.deleteRecords(
                        Map.of(new TopicPartition(World.GAPS, 0), RecordsToDelete.beforeOffset(-1)))
                .all()
                .get());
    }

    /** Records that nobody can decode, and that take a thousand times the room once they are read. */
    void bomb(String device) {
        onThread(() -> {
            for (int i = 0; i < BOMB; i++) {
                Future<?> unused = compressing.send(brokenOf(device, "x".repeat(BOMB_SIZE)));
            }
            compressing.flush();
        });
    }

    /** More records of one device than of all others together. */
    void flood(String device) {
        onThread(() -> {
            for (int i = 0; i < FLOOD; i++) {
                fleet.produce(producer, World.TOPIC, partitionOf.get(device), device);
            }
        });
    }

    /** Waits until it is done. What is produced belongs to that thread. */
    private void onThread(Runnable task) {
        try {
            thread.submit(task).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private ProducerRecord<byte[], byte[]> brokenOf(String device, String padding) {
        return new ProducerRecord<>(
                World.TOPIC,
                partitionOf.get(device),
                utf8(device),
                utf8("broken-" + broken.getAndIncrement() + padding));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void produce() {
        List<String> devices = fleet.devices();
        for (int i = 0; i < RATE * TICK_MILLIS / 1000; i++) {
            String device = devices.get(dice.nextInt(devices.size()));
            if (dice.nextInt(BROKEN_ONE_IN) == 0) {
                Future<?> unused = producer.send(brokenOf(device, ""));
            } else {
                fleet.produce(producer, World.TOPIC, partitionOf.get(device), device);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        producer.close();
        transactions.close(Duration.ofSeconds(5));
        compressing.close(Duration.ofSeconds(5));
    }
}
