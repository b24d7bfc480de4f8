package io.iotdarelay.devices;

import io.iotdarelay.benchmark.Options;
import io.iotdarelay.benchmark.Results;
import io.iotdarelay.devices.DevicesConfiguration.DirectoryKeeper;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.testing.LocalKafka;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * How long a directory takes to load, and how much heap its devices take. {@code benchmarks/directory --devices=1000000
 * --from=topic|file}; broker and directory share the process, and what the broker has on the heap beforehand is not counted.
 */
public final class DirectoryCost {

    private static final String TOPIC = "devices";
    private static final int PARTITIONS = 12;
    private static final int SECRET_BYTES = 16;
    private static final double NANOS = 1e9;

    private DirectoryCost() {}

    public static void main(String[] args) throws IOException {
        Options options = new Options(args);
        int devices = options.number("devices", 1000000);
        boolean fromTopic = options.text("from", "topic").equals("topic");
        try (LocalKafka kafka = LocalKafka.start()) {
            Path file = fromTopic ? null : write(devices);
            if (fromTopic) {
                kafka.createTopic(TOPIC, PARTITIONS);
                produce(kafka, devices);
            }
            long before = heap();
            long start = System.nanoTime();
            try (DirectoryKeeper keeper = new DirectoryKeeper(
                    DevicesSettings.of(file == null ? null : file.toUri().toString(), fromTopic ? TOPIC : null),
                    new DefaultKafkaConsumerFactory<>(
                            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers())),
                    Clock.systemUTC())) {
                DeviceDirectory directory = keeper.with(Optional.empty());
                while (!directory.isLoaded() || directory.find(id(devices - 1)).isEmpty()) {
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
                double seconds = (System.nanoTime() - start) / NANOS;
                long each = (heap() - before) / devices;
                String from = fromTopic ? "topic" : "file";
                System.out.printf(
                        Locale.ROOT,
                        "%d devices from a %s: loaded after %.1f s, %d bytes of heap each%n",
                        devices,
                        from,
                        seconds,
                        each);
                new Results("directory", options, Clock.systemUTC())
                        .add(Map.of("devices", devices, "from", from, "seconds", seconds, "bytesEach", each));
            }
        }
        System.exit(0);
    }

    /** As the platform makes them: product, and what the owner calls the device. */
    private static DeviceId id(int i) {
        return new DeviceId("64f1c0ffee00000000000abc_meter" + (10_000_000 + i));
    }

    private static String secret(Random random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void produce(LocalKafka kafka, int devices) {
        Random random = new Random(1);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < devices; i++) {
                String value = "{\"secret\":\"" + secret(random) + "\",\"product_id\":\"64f1c0ffee00000000000abc\"}";
                Future<?> unused = producer.send(new ProducerRecord<>(
                        TOPIC, id(i).value().getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static Path write(int devices) throws IOException {
        Random random = new Random(1);
        Path file = Files.createTempFile("devices", ".csv");
        file.toFile().deleteOnExit();
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("device_id,secret,gateway_id,product_id\n");
            for (int i = 0; i < devices; i++) {
                out.write(id(i).value() + "," + secret(random) + ",,64f1c0ffee00000000000abc\n");
            }
        }
        return file;
    }

    /** After collections, in bytes. */
    private static long heap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            used = Math.min(
                    used,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }
}
