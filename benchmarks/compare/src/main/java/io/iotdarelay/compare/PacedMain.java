package io.iotdarelay.compare;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends records at a steady rate, whatever becomes of them (an open loop). Each is stamped with the time at which it should leave:
 * where this process or the broker is late, that counts as latency, and is not omitted.
 */
final class PacedMain {

    private static final long STEP_NANOS = 100_000;

    private PacedMain() {}

    public static void main(String[] args) {
        Arguments arguments = new Arguments(args);
        Scene scene = Scene.of(arguments);
        double rate = arguments.real("rate", 1_000);
        int skip = arguments.number("skip", 0);
        int count = arguments.number("count", 0);
        Records records = new Records(scene);
        for (int i = 0; i < skip; i++) {
            records.next(0);
        }
        try (KafkaProducer<byte[], byte[]> producer = Broker.producer(arguments.text("bootstrap"))) {
            producer.partitionsFor(arguments.text("topic"));
            long startMicros = Records.micros();
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                double due = i * 1e9 / rate;
                while (System.nanoTime() - start < due) {
                    LockSupport.parkNanos(STEP_NANOS);
                }
                Records.Made made = records.next(startMicros + (long) (due / 1e3));
                Future<?> unused = producer.send(new ProducerRecord<>(
                        arguments.text("topic"), made.sender().getBytes(StandardCharsets.ISO_8859_1), made.value()));
            }
            double late = (System.nanoTime() - start - (count - 1) * 1e9 / rate) / TimeUnit.MILLISECONDS.toNanos(1);
            System.out.printf("sent %d, the last %.1f ms late%n", count, late);
        }
    }
}
