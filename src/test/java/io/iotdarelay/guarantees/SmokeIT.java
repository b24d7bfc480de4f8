package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.SimulatedDevice;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.Relays;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class SmokeIT {
    @Test
    void smoke() {
        LocalKafka kafka = LocalKafka.shared();
        try (Simulator simulator = Simulator.start()) {
            for (int i = 0; i < 10; i++) simulator.register(SimulatedDevice.direct("d" + i, "secret-of-" + i));
            kafka.createTopic("smoke", 3);
            kafka.createTopic("smoke.dlt", 1);
            Relays relays = Relays.of(kafka, simulator, "smoke")
                    .withPropertiesRoute("smoke")
                    .withDevicesOfSimulator();
            try (KafkaProducer<byte[], byte[]> producer = kafka.producer();
                    ConfigurableApplicationContext relay = relays.start()) {
                for (int n = 0; n < 1000; n++) {
                    producer.send(new ProducerRecord<>(
                            "smoke",
                            ("d" + n % 10).getBytes(StandardCharsets.UTF_8),
                            ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8)));
                }
                producer.flush();
                await().untilAsserted(() ->
                        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1000));
                System.out.println(simulator.ledger().answers());
            }
        }
    }
}
