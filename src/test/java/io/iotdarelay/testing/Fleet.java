package io.iotdarelay.testing;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Devices that the simulator knows, and the records that were produced for them. The record's key is the device, its value
 * {@code {"n":SEQUENCE}}, where the sequence counts the device's records from 0 on; so the ledger shows what is missing, out of
 * order, or there twice.
 */
public final class Fleet {

    private final List<String> devices = new CopyOnWriteArrayList<>();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> produced = new ConcurrentHashMap<>();

    private Fleet() {}

    /** So many devices, directly connected, named with the prefix. */
    public static Fleet of(Simulator simulator, String prefix, int count) {
        Fleet fleet = new Fleet();
        for (int i = 0; i < count; i++) {
            fleet.join(simulator, prefix + "-" + i);
        }
        return fleet;
    }

    /** Another device, directly connected. */
    public void join(Simulator simulator, String device) {
        simulator.register(SimulatedDevice.direct(device, secretOf(device)));
        devices.add(device);
    }

    /** The secret of each device that tests register by its name alone. */
    public static String secretOf(String device) {
        return "secret-of-" + device;
    }

    public List<String> devices() {
        return List.copyOf(devices);
    }

    /** Produces so many records, each of a device that the dice choose, and waits until Kafka has them. */
    public Fleet produce(Producer<byte[], byte[]> producer, String topic, int count, RandomGenerator dice) {
        for (int i = 0; i < count; i++) {
            produce(producer, topic, devices.get(dice.nextInt(devices.size())));
        }
        producer.flush();
        return this;
    }

    /** Produces so many records of each device, and waits until Kafka has them. */
    public Fleet produceForEach(Producer<byte[], byte[]> producer, String topic, int count) {
        for (int i = 0; i < count; i++) {
            devices.forEach(device -> produce(producer, topic, device));
        }
        producer.flush();
        return this;
    }

    /** Produces the next record of one device. */
    public void produce(Producer<byte[], byte[]> producer, String topic, String device) {
        produce(producer, topic, null, device);
    }

    /** Produces the next record of one device, to a partition of one's choice. */
    public void produce(Producer<byte[], byte[]> producer, String topic, @Nullable Integer partition, String device) {
        int number = produced.merge(device, 1, Integer::sum) - 1;
        Future<?> unused = producer.send(
                new ProducerRecord<>(
                        topic,
                        partition,
                        device.getBytes(StandardCharsets.UTF_8),
                        ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8)),
                (metadata, failure) -> {
                    if (failure != null) {
                        failed.add(device + "/" + number + ": " + failure);
                    }
                });
    }

    /** How many records each device has. Throws if Kafka did not take one of them. */
    public Map<String, Integer> produced() {
        if (!failed.isEmpty()) {
            throw new IllegalStateException("Kafka did not take " + failed);
        }
        return Map.copyOf(produced);
    }

    public int total() {
        return produced.values().stream().mapToInt(Integer::intValue).sum();
    }
}
