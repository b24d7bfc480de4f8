package io.iotdarelay.compare;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends records at a steady rate, whatever becomes of them (an open loop). Each is stamped with the time at which it should leave:
 * where this process or the broker is late, that counts as latency, and is not omitted. At the end it prints how long it took until the
 * broker had the records: median, p99 and p99.9 in milliseconds, a share of what is measured at the sink.
 */
final class PacedMain {

    private static final long STEP_NANOS = 100_000;

    /** One request at a time, with all that has come meanwhile: many small ones would cost broker and producer too much. */
    private static final Map<String, Object> SETTINGS =
            Map.of("acks", "1", "enable.idempotence", false, "max.in.flight.requests.per.connection", 1);

    private PacedMain() {}

    public static void main(String[] args) {
        Arguments arguments = new Arguments(args);
        Scene scene = Scene.of(arguments);
        double rate = arguments.real("rate", 1_000);
        int skip = arguments.number("skip", 0);
        int count = arguments.number("count", 0);
        int settling = arguments.number("settling", 0);
        int[] micros = new int[count];
        Records records = new Records(scene);
        for (int i = 0; i < skip; i++) {
            records.next(0);
        }
        try (KafkaProducer<byte[], byte[]> producer = Broker.producer(arguments.text("bootstrap"), SETTINGS)) {
            producer.partitionsFor(arguments.text("topic"));
            long startMicros = Records.micros();
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                double due = i * 1e9 / rate;
                while (System.nanoTime() - start < due) {
                    LockSupport.parkNanos(STEP_NANOS);
                }
                Records.Made made = records.next(startMicros + (long) (due / 1e3));
                int index = i;
                Future<?> unused = producer.send(
                        new ProducerRecord<>(
                                arguments.text("topic"),
                                made.sender().getBytes(StandardCharsets.ISO_8859_1),
                                made.value()),
                        (sent, failure) -> micros[index] =
                                failure == null ? (int) ((System.nanoTime() - start - due) / 1e3) : Integer.MAX_VALUE);
            }
        }
        int[] sorted = Arrays.stream(micros).skip(settling).sorted().toArray();
        System.out.printf(
                Locale.ROOT, "%f %f %f%n", quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 0.999));
    }

    /** In milliseconds. */
    private static double quantile(int[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(sorted.length * share) - 1] / 1e3;
    }
}
