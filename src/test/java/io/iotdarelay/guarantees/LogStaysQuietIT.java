package io.iotdarelay.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.simulator.Fault;
import io.iotdarelay.simulator.Faults;
import io.iotdarelay.simulator.Reply;
import io.iotdarelay.simulator.Simulator;
import io.iotdarelay.testing.Audit;
import io.iotdarelay.testing.Fleet;
import io.iotdarelay.testing.LocalKafka;
import io.iotdarelay.testing.RelayProcess;
import io.iotdarelay.testing.Relays;
import io.iotdarelay.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An outage is logged when it begins and when it ends, whatever fails meanwhile: an hour of it is tens of lines. */
@Execution(ExecutionMode.CONCURRENT)
class LogStaysQuietIT {

    private static final String TOPIC = "quiet";
    private static final int FEW = 15;

    @Test
    void reportsOutagesOnceNotRepeatedly() {
        try (TcpProxy network = TcpProxy.open();
                LocalKafka kafka = LocalKafka.behind(network);
                Simulator simulator = Simulator.start();
                Producer<byte[], byte[]> producer = kafka.producer()) {
            // Given
            kafka.createTopic(TOPIC, 3);
            kafka.createTopic(TOPIC + ".dlt", 1);
            Fleet fleet = Fleet.of(simulator, TOPIC, 100);
            Relays relays = Relays.of(kafka, simulator, TOPIC)
                    .withPropertiesRoute(TOPIC)
                    .withDevicesOfSimulator()
                    .with("spring.kafka.bootstrap-servers", "127.0.0.1:" + network.port());
            try (RelayProcess relay = relays.startProcess()) {
                fleet.produceForEach(producer, TOPIC, 1);
                awaitArrival(simulator, fleet);

                // When
                int before = relay.output().size();
                try (Faults.Injection ignored = simulator.faults().inject(new Fault.Answer(Reply.html(503)))) {
                    fleet.produceForEach(producer, TOPIC, 20);
                    awaitSilence(relay, before);
                    assertThat(told(relay, before))
                            .as("while the platform fails")
                            .hasSizeBetween(1, FEW);
                }
                awaitArrival(simulator, fleet);
                int between = relay.output().size();
                network.refuse();
                fleet.produceForEach(producer, TOPIC, 20);
                awaitSilence(relay, between);
                assertThat(told(relay, between)).as("while Kafka is away").hasSizeBetween(1, FEW);
                network.restore();
                awaitArrival(simulator, fleet);

                // Then
                assertThat(told(relay, before)).as("in all").hasSizeLessThan(3 * FEW);
                assertThat(Audit.of(fleet, simulator.ledger()).outOfOrder()).isEmpty();
            }
        }
    }

    private static List<String> told(RelayProcess relay, int since) {
        List<String> output = relay.output();
        return output.subList(since, output.size());
    }

    /** Something is logged, and then nothing for a while: everything has been reported. */
    private static void awaitSilence(RelayProcess relay, int since) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> relay.output().size() > since);
        AtomicInteger lines = new AtomicInteger();
        await().atMost(Duration.ofSeconds(90))
                .during(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> lines.getAndSet(relay.output().size()) == lines.get());
    }

    private static void awaitArrival(Simulator simulator, Fleet fleet) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> Audit.of(fleet, simulator.ledger()).isComplete());
    }
}
