package io.iotdarelay.redrive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.metrics.RedriveMeters;
import io.iotdarelay.pipeline.Preview;
import io.iotdarelay.pipeline.Redrives;
import io.iotdarelay.pipeline.SettlementsOfTests;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.testing.LocalKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

/** How runs and dry runs use the relay around them, with a poll thread that only does what a test says. */
@Execution(ExecutionMode.CONCURRENT)
class RedriverIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final LetterFilter ALL = new LetterFilter(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

    private final LocalKafka kafka = LocalKafka.shared();
    private final String topic = "redriver-" + UUID.randomUUID();
    private final SettlementsOfTests pollThread = new SettlementsOfTests();
    private final List<Redriver> open = new ArrayList<>();
    private volatile Duration held = Duration.ofHours(1);
    private volatile Duration ahead = Duration.ZERO;
    private volatile Duration mapping = Duration.ZERO;

    @AfterEach
    void close() {
        open.forEach(Redriver::stop);
        pollThread.end();
        open.forEach(Redriver::close);
    }

    @Test
    void aDryRunIsInNobodysWayAndNobodyWaitsWhenTheRelayStops() {
        letters(3, 10);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));

        // Given a dry run that waits for the poll thread, and one behind it
        CompletableFuture<Redriver.Tried> tried = redriver.tryOut(order(100));
        await().atMost(SOON).until(() -> pollThread.tasks() == 1);
        CompletableFuture<Redriver.Tried> behind = redriver.tryOut(order(100));

        // Then letters are sent meanwhile, and whoever else wants to send some hears at once that he cannot
        assertThat(redriver.start(order(100), "first"))
                .succeedsWithin(SOON)
                .isEqualTo(new Redriver.Started.Running("first"));
        assertThat(redriver.start(order(100), "second")).isCompletedWithValue(new Redriver.Started.Busy("first"));
        await().atMost(SOON).until(() -> pollThread.letters().size() == 3);

        // And all that waits ends with the relay
        redriver.stop();
        assertThat(behind).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(RejectedExecutionException.class);
        assertThat(tried).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(RejectedExecutionException.class);
        assertThat(redriver.newest(ALL, Map.of(), 1)).isCompletedExceptionally();
        assertThat(redriver.start(order(100), "third")).isDone();
        pollThread.letters().forEach(letter -> letter.ended().accept(new Redrives.End.Delivered()));
        redriver.close();
        Redriver.Progress end = redriver.progress("first").orElseThrow();
        assertThat(end.delivered()).isEqualTo(3);
        assertThat(end.state()).isEqualTo("cancelled");

        // And what ended while it stopped is noted
        Redriver next = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));
        assertThat(ended(next, order(100)).found()).isZero();
    }

    @Test
    void aStartThatNobodyAwaitsDoesNotBegin() {
        letters(1, 10);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));

        boolean cancelled = redriver.start(order(100), "abandoned").cancel(true);

        assertThat(cancelled).isTrue();
        await().atMost(SOON)
                .until(() -> redriver.start(order(100), "wanted").join() instanceof Redriver.Started.Running);
        await().atMost(SOON).until(() -> pollThread.letters().size() == 1);
        assertThat(redriver.progress("abandoned")).isEmpty();
        assertThat(pollThread.letters().getFirst().run()).isEqualTo("wanted");
    }

    /** Which letters are the first ones nobody knows then. */
    @Test
    void whereNotAllLettersCouldBeLookedAtNothingIsSent() {
        letters(3, 10);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofNanos(1)));

        Redriver.Progress end = ended(redriver, order(100));

        assertThat(end.state()).isEqualTo("failed");
        assertThat(end.trouble().orElse("")).contains("relay.redrive.scan-time");
        assertThat(pollThread.letters()).isEmpty();
    }

    /** A letter may be younger than that of a later record, because it failed more often. */
    @Test
    void theFirstRecordsGoFirstWhateverTheOrderOfTheirLetters() {
        letter(10, 1);
        letter(5, 1);
        letter(7, 1);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));

        assertThat(redriver.start(order(2), "first two")).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> pollThread.letters().size() == 2);

        assertThat(pollThread.letters())
                .extracting(letter -> letter.origin().offset())
                .containsExactly(5L, 7L);
    }

    @Test
    void noMoreThan16MegabytesAreUnderWay() {
        letters(20, 900_000);
        Redriver redriver = redriver(new RedriveProperties("", 10_000, 100, 3, Duration.ofMinutes(1)));

        assertThat(redriver.start(order(100), "large")).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> pollThread.letters().size() == 18);
        await().during(Duration.ofMillis(500)).until(() -> pollThread.letters().size() == 18);

        pollThread.letters().getFirst().ended().accept(new Redrives.End.Delivered());
        await().atMost(SOON).until(() -> pollThread.letters().size() == 19);
    }

    /** What the former owner of a partition notes of its last letters comes a moment later. */
    @Test
    void waitsForTheNotesOfTheFormerOwner() {
        letters(1, 10);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));
        held = Duration.ofSeconds(1);
        assertThat(redriver.start(order(100), "too early")).succeedsWithin(SOON);
        await().atMost(SOON)
                .until(() ->
                        redriver.progress("too early").orElseThrow().state().equals("sending"));
        await().during(Duration.ofMillis(500)).until(() -> pollThread.letters().isEmpty());

        // When it notes that letter
        Redriver former = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));
        held = Duration.ofSeconds(1);
        DoneLetters theirs = new DoneLetters("former");
        RedriveTopic notes = topicOf(theirs);
        assertThat(notes.open(List.of(topic))).isEmpty();
        assertThat(notes.write(List.of(theirs.add(new RecordPosition(topic, 0, 0)))))
                .isEmpty();
        notes.close();
        held = Duration.ofSeconds(3);

        // Then it is not sent again
        await().atMost(SOON)
                .until(() -> redriver.progress("too early").orElseThrow().end().isPresent());
        assertThat(redriver.progress("too early").orElseThrow().skipped()).containsEntry("already-redriven", 1);
        assertThat(pollThread.letters()).isEmpty();
        assertThat(former.progress()).isEmpty();
    }

    @Test
    void whatCouldNotBeNotedIsNotedByTheNextRun() {
        kafka.createTopic(topic, 2);
        letter(0, 0, 10);
        letter(1, 1, 10);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));

        // Given a letter that was delivered while nothing could be written
        assertThat(redriver.start(order(1), "unnoted")).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> pollThread.letters().size() == 1);
        largestNote(1);
        pollThread.letters().getFirst().ended().accept(new Redrives.End.Delivered());
        await().atMost(SOON)
                .until(() -> redriver.progress("unnoted").orElseThrow().end().isPresent());
        assertThat(redriver.progress("unnoted").orElseThrow().trouble().orElse(""))
                .contains("what was sent cannot be noted");

        // When another run can write
        largestNote(1_000_000);
        assertThat(redriver.start(order(100), "noted")).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> pollThread.letters().size() == 2);
        pollThread.letters().getLast().ended().accept(new Redrives.End.Delivered());
        await().atMost(SOON)
                .until(() -> redriver.progress("noted").orElseThrow().end().isPresent());

        // Then others know of both
        assertThat(redriver.progress("noted").orElseThrow().state()).isEqualTo("done");
        assertThat(ended(redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1))), order(100))
                        .found())
                .isZero();
    }

    private void largestNote(int bytes) {
        kafka.administer(admin -> admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic + ".redriven"),
                        List.of(new AlterConfigOp(
                                new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)),
                                AlterConfigOp.OpType.SET))))
                .all()
                .get());
    }

    @Test
    void aRunThatWasCutOffShowsUntilItIsForgotten() {
        letters(3, 10);
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));
        assertThat(redriver.start(order(100), "cut off")).succeedsWithin(SOON);
        await().atMost(SOON).until(() -> pollThread.letters().size() == 3);

        // When another process looks, and nothing is noted of it any more
        assertThat(redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)))
                        .progressOfAll()
                        .join())
                .as("it goes on")
                .isEmpty();
        ahead = RunNotes.CUT_OFF.plusSeconds(10);
        Redriver other = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));
        assertThat(other.progressOfAll().join()).singleElement().satisfies(run -> {
            assertThat(run.id()).isEqualTo("cut off");
            assertThat(run.state()).isEqualTo("failed");
            assertThat(run.found()).isEqualTo(3);
            assertThat(run.trouble().orElse("")).contains("ordered again");
        });

        // Then it is not shown as such once it has ended after all
        pollThread.letters().forEach(letter -> letter.ended().accept(new Redrives.End.Delivered()));
        await().atMost(SOON).until(() -> other.progressOfAll().join().isEmpty());
        assertThat(redriver.progressOfAll().join())
                .singleElement()
                .satisfies(run -> assertThat(run.state()).isEqualTo("done"));
    }

    @Test
    void aDryRunLeavesThePollThreadMostOfItsTime() {
        letters(30, 10);
        mapping = Duration.ofMillis(2);
        pollThread.runTasks();
        Redriver redriver = redriver(new RedriveProperties("", 1_000, 100, 3, Duration.ofMinutes(1)));

        Redriver.Tried tried = redriver.tryOut(order(100)).join();

        assertThat(tried).isInstanceOf(Redriver.Tried.Result.class);
        assertThat(((Redriver.Tried.Result) tried).dryRun().wouldFail()).containsEntry("skipped", 30);
        assertThat(pollThread.longest()).isLessThan(30);
        assertThat(pollThread.tasks()).isGreaterThanOrEqualTo(10);
        assertThat(pollThread.share()).isLessThan(0.2);
    }

    private Redriver.Progress ended(Redriver redriver, RedriveOrder order) {
        String id = UUID.randomUUID().toString();
        assertThat(redriver.start(order, id)).succeedsWithin(SOON).isEqualTo(new Redriver.Started.Running(id));
        await().atMost(SOON)
                .until(() -> redriver.progress(id).orElseThrow().end().isPresent());
        return redriver.progress(id).orElseThrow();
    }

    private static RedriveOrder order(int most) {
        return new RedriveOrder(ALL, false, 1_000, most);
    }

    private Redriver redriver(RedriveProperties properties) {
        DoneLetters done = new DoneLetters(UUID.randomUUID().toString());
        Redriver redriver = new Redriver(
                new LetterReader(consumers().getConfigurationProperties(), System::nanoTime),
                done,
                topicOf(done),
                () -> List.of(topic),
                pollThread.settlements(),
                letter -> {
                    long end = System.nanoTime() + mapping.toNanos();
                    while (System.nanoTime() - end < 0) {
                        Thread.onSpinWait();
                    }
                    return new Preview.Outcome.Skipped("x");
                },
                letter -> Optional.empty(),
                partition -> Optional.of(held),
                properties,
                "group",
                new RedriveMeters(new SimpleMeterRegistry()),
                Executors.newSingleThreadExecutor(),
                Executors.newSingleThreadExecutor(),
                Executors.newSingleThreadExecutor(),
                Clock.offset(Clock.systemUTC(), ahead),
                System::nanoTime);
        open.add(redriver);
        return redriver;
    }

    private RedriveTopic topicOf(DoneLetters done) {
        return new RedriveTopic(
                topic + ".redriven",
                done,
                consumers(),
                new DefaultKafkaProducerFactory<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers())),
                Clock.systemUTC());
    }

    private DefaultKafkaConsumerFactory<?, ?> consumers() {
        return new DefaultKafkaConsumerFactory<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    private void letters(int count, int size) {
        for (int i = 0; i < count; i++) {
            letter(i, size);
        }
    }

    private void letter(long origin, int size) {
        letter(0, origin, size);
    }

    private void letter(int partition, long origin, int size) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, partition, null, new byte[size]);
        letter.headers()
                .add("kafka_dlt-original-topic", "source".getBytes(StandardCharsets.UTF_8))
                .add("kafka_dlt-original-partition", new byte[4])
                .add(
                        "kafka_dlt-original-offset",
                        ByteBuffer.allocate(8).putLong(origin).array());
        if (!kafka.administer(admin -> admin.listTopics().names().get()).contains(topic)) {
            kafka.createTopic(topic, 1);
        }
        try (Producer<byte[], byte[]> producer = kafka.producer()) {
            Future<?> unused = producer.send(letter);
        }
    }
}
