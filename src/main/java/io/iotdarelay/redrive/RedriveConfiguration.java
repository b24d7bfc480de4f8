package io.iotdarelay.redrive;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.delivery.Delivery;
import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.mapping.RoutesInForce;
import io.iotdarelay.metrics.RedriveMeters;
import io.iotdarelay.model.ModelCheck;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.pipeline.EndsBeforePolling;
import io.iotdarelay.pipeline.LastDelivered;
import io.iotdarelay.pipeline.Preview;
import io.iotdarelay.pipeline.RecordsProperties;
import io.iotdarelay.pipeline.Settlements;
import io.iotdarelay.platform.Platform;
import io.iotdarelay.settle.DeadLetterStatus;
import io.iotdarelay.settle.DeadLetterTopics;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.Rejection;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Wires what operators do with dead letters, and its threads, which start with the first question. */
@Configuration(proxyBeanMethods = false)
public class RedriveConfiguration {

    /** So many questions may wait for the one that is answered. */
    private static final int MOST_WAITING = 4;

    private static final int IDLE_SECONDS = 60;

    @Bean(destroyMethod = "close")
    Redriver redriver(
            RedriveProperties properties,
            ConsumerFactory<?, ?> consumers,
            ProducerFactory<?, ?> producers,
            @Value("${spring.kafka.consumer.group-id}") String group,
            DeadLetterTopics topics,
            Settlements settlements,
            RoutesInForce routes,
            RecordDecoders decoders,
            ModelKeeper models,
            DeviceDirectory directory,
            Platform platform,
            RecordsProperties records,
            Delivery delivery,
            LastDelivered last,
            RedriveMeters meters,
            Clock clock,
            LongSupplier nanoTime,
            RandomGenerator random) {
        DoneLetters done = new DoneLetters(Long.toHexString(random.nextLong()));
        // What is only looked at is not counted as found.
        ModelCheck check = new ModelCheck(models, directory::productOf, (route, rule, action, times) -> {});
        Preview preview = new Preview(decoders, Optional.of(directory), check, platform.sizeLimit(), records);
        return new Redriver(
                new LetterReader(consumers.getConfigurationProperties(), nanoTime),
                done,
                new RedriveTopic(
                        properties.topic().isEmpty() ? group + ".redriven" : properties.topic(),
                        done,
                        consumers,
                        producers,
                        clock),
                () -> topics.status().stream().map(DeadLetterStatus::topic).toList(),
                settlements,
                letter -> {
                    SourceRecord record = letter.again();
                    return unlessSetAside(
                            preview.of(routes.current().of(record.position().topic()), record), delivery);
                },
                letter -> isNewer(last, letter),
                last::heldFor,
                properties,
                group,
                meters,
                thread("relay-dead-letters-read"),
                thread("relay-dead-letters-scan"),
                thread("relay-redrive"),
                clock,
                nanoTime);
    }

    /** Ends runs before the poll loop stops: what they have under way is delivered and noted first. */
    @Bean
    EndsBeforePolling redriveEnd(Redriver redriver) {
        return redriver::stop;
    }

    /** A device that is set aside has no request made for it. */
    private static Preview.Outcome unlessSetAside(Preview.Outcome outcome, Delivery delivery) {
        return outcome instanceof Preview.Outcome.Mapped mapped
                        && mapped.rejection().isEmpty()
                ? new Preview.Outcome.Mapped(
                        mapped.reports(),
                        mapped.reports().stream()
                                .map(Report::sender)
                                .flatMap(sender -> delivery.quarantined(sender).stream())
                                .map(aside -> Rejection.of(
                                        aside.reason(),
                                        aside.device() + " is set aside until " + aside.nextProbe() + ", or a probe"))
                                .findFirst())
                : outcome;
    }

    private static Optional<Boolean> isNewer(LastDelivered last, Letter letter) {
        return letter.device()
                .filter(DeviceId::isValid)
                .map(DeviceId::new)
                .flatMap(device -> letter.origin().flatMap(origin -> last.isNewer(device, origin, letter.at())));
    }

    private static ExecutorService thread(String name) {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().name(name).daemon().factory());
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }
}
