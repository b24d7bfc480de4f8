package io.iotdarelay.chaos;

import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Upstream: a few hundred devices whose records come steadily, each device's in one partition, now and then a broken one. A
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

    private final LocalKafka kafka;
    private final Simulator simulator;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Fleet fleet;
    private final Map<String, Integer> partitionOf = new ConcurrentHashMap<>();
    private final AtomicLong broken = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final SplittableRandom dice;
    private int partitions;

    Traffic(LocalKafka kafka, Simulator simulator, int partitions, long seed) {
        this.kafka = kafka;
        this.simulator = simulator;
        this.partitions = partitions;
        this.dice = new SplittableRandom(seed);
        this.producer = kafka.producer();
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
        return fleet.total() + broken.get();
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

    private void produce() {
        List<String> devices = fleet.devices();
        for (int i = 0; i < RATE * TICK_MILLIS / 1000; i++) {
            String device = devices.get(dice.nextInt(devices.size()));
            Integer partition = partitionOf.get(device);
            if (dice.nextInt(BROKEN_ONE_IN) == 0) {
                Future<?> unused = producer.send(new ProducerRecord<>(
                        World.TOPIC,
                        partition,
                        device.getBytes(StandardCharsets.UTF_8),
                        ("broken-" + broken.getAndIncrement()).getBytes(StandardCharsets.UTF_8)));
            } else {
                fleet.produce(producer, World.TOPIC, partition, device);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        producer.close();
    }
}
