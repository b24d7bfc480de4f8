package io.iotdarelay.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Produces what the fleet measures, at a steady rate, and occasionally something invalid. */
final class SampleTelemetry implements AutoCloseable {

    private static final int TICKS_PER_SECOND = 20;
    private static final int BAD_EVERY = 400;

    private final Producer<byte[], byte[]> producer;
    private final SplittableRandom random = new SplittableRandom();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("demo-fleet").daemon().factory());
    private final int perSecond;
    private long produced;
    private long ticks;
    private int bad;

    SampleTelemetry(Producer<byte[], byte[]> producer, int perSecond) {
        this.producer = producer;
        this.perSecond = perSecond;
    }

    void start() {
        Future<?> unused = thread.scheduleAtFixedRate(this::tick, 0, 1000 / TICKS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        producer.close();
    }

    private void tick() {
        ticks++;
        while (produced < ticks * perSecond / TICKS_PER_SECOND) {
            produced++;
            if (produced % BAD_EVERY == 0) {
                produceBad();
            } else {
                produceGood();
            }
        }
    }

    private void produceGood() {
        switch (random.nextInt(10)) {
            case 0 -> alarm("alarm-" + random.nextInt(SampleFleet.ALARMS));
            case 1, 2, 3 -> {
                String gateway = "gateway-" + random.nextInt(SampleFleet.GATEWAYS);
                sensor(gateway, gateway + "-sensor-" + random.nextInt(SampleFleet.SENSORS));
            }
            default -> meter("meter-" + random.nextInt(SampleFleet.METERS));
        }
    }

    private void produceBad() {
        switch (bad++ % 5) {
            case 0 -> send("telemetry.meters", "meter-0", "{\"device_id\":\"meter-0\", this is not JSON", List.of());
            case 1 -> meter(SampleFleet.REFUSED);
            case 2 -> send("telemetry.meters", "meter-1", "{\"device_id\":\"meter-1\",\"payload\":{}}", List.of());
            case 3 -> sensor("gateway-0", SampleFleet.ALIEN);
            default -> meter(SampleFleet.UNKNOWN);
        }
    }

    private void meter(String device) {
        send(
                "telemetry.meters",
                device,
                "{\"device_id\":\"" + device + "\",\"ts\":" + System.currentTimeMillis() + ",\"payload\":{\"temp\":"
                        + (150 + random.nextInt(150)) / 10.0 + ",\"dv\":" + (2250 + random.nextInt(100)) + "}}",
                List.of());
    }

    private void alarm(String device) {
        String type = random.nextBoolean() ? "door" : "smoke";
        send(
                "telemetry.alarms",
                device,
                "{\"level\":" + random.nextInt(4) + "}",
                List.of(new RecordHeader("type", type.getBytes(StandardCharsets.UTF_8))));
    }

    private void sensor(String gateway, String sensor) {
        send(
                "telemetry.plant",
                gateway,
                "{\"gateway\":\"" + gateway + "\",\"sensor\":\"" + sensor + "\",\"pressure\":"
                        + (90 + random.nextInt(20)) / 100.0 + "}",
                List.of());
    }

    private void send(String topic, String key, String value, List<Header> headers) {
        Future<?> unused = producer.send(new ProducerRecord<>(
                topic, null, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8), headers));
    }
}
