package io.iotdarelay.pauses;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.pauses.PauseTarget.Everything;
import io.iotdarelay.pauses.PauseTarget.OfPartition;
import io.iotdarelay.pauses.PauseTarget.OfRoute;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pauses as they are read, and what they stop. */
class PauseTopicTest {

    private static final PauseTarget ALL = new Everything();
    private static final PauseTarget ROUTE = new OfRoute("meters");
    private static final PauseTarget PARTITION = new OfPartition("t", 1);

    private final ManualClock wall = ManualClock.at("2026-12-01T12:00:00Z");
    private final ManualClock steady = ManualClock.at("2026-12-01T12:00:00Z");
    private final PausesInForce pauses = new PausesInForce(wall, steady);
    private final List<OperatorPause> forgotten = new ArrayList<>();
    private boolean reachable = true;
    private final PauseTopic topic = new PauseTopic("desk", pauses, () -> reachable, wall, forgotten::add);

    @Test
    void nothingIsReadBeforeItIsKnownWhatIsPaused() {
        assertThat(topic.trouble()).hasValue("the topic desk is being read");
        assertThat(why("t", 0)).hasValue("not known");
        begin();
        topic.polled(true, false);
        assertThat(why("t", 0)).isPresent();

        topic.polled(true, true);

        assertThat(why("t", 0)).isEmpty();
        assertThat(topic.trouble()).isEmpty();
        assertThat(topic.isLoaded()).isTrue();
        assertThat(topic.wantsAllAgain()).isTrue();
    }

    @Test
    void thatIsWaitedForTenSecondsFromTheFirstQuestion() {
        steady.advance(Duration.ofHours(1));
        assertThat(why("t", 0)).isPresent();
        steady.advance(Duration.ofMillis(9_999));
        assertThat(why("t", 0)).isPresent();
        steady.advance(Duration.ofMillis(1));
        assertThat(why("t", 0)).isEmpty();

        begin(pause(ALL, "a", null));
        topic.polled(true, true);

        assertThat(why("t", 0)).as("later is better than never").isPresent();
    }

    @Test
    void nobodyWaitsForATopicThatDoesNotExist() {
        topic.trouble("the topic desk does not exist");

        assertThat(why("t", 0)).isEmpty();
        assertThat(topic.trouble()).hasValue("the topic desk does not exist");
    }

    /** Whoever reads telemetry may reach Kafka a moment before this does. */
    @Test
    void aKafkaThatWasAwaySaysNothingAboutPauses() {
        reachable = false;
        topic.trouble("cannot reach Kafka");

        assertThat(why("t", 0)).isPresent();
    }

    @Test
    void eachPauseStopsWhatItNames() {
        begin(pause(ROUTE, "r", null), pause(PARTITION, "p", null));
        topic.polled(true, true);

        assertThat(why("t", 0)).isEmpty();
        assertThat(why("t", 1)).hasValue("partition t-1 was paused by alice at 2026-12-01T12:00:00Z: because of p");
        assertThat(why("u", 1)).isEmpty();
        assertThat(pauses.of(new SourcePartition("u", 7), "meters"::equals)).isPresent();
        assertThat(pauses.of(new SourcePartition("t", 1), "meters"::equals)
                        .map(PauseTopicTest::show)
                        .orElse(""))
                .contains("because of p; route meters");
    }

    @Test
    void aPauseEndsByItselfAndIsDeletedAnHourLater() {
        begin(pause(ALL, "a", Duration.ofMinutes(30)));
        topic.polled(true, true);
        wall.advance(Duration.ofMinutes(30).minusMillis(1));
        assertThat(why("t", 0).orElse("")).contains("until 2026-12-01T12:30:00Z");
        assertThat(pauses.oldest()).isEqualTo(Duration.ofMinutes(30).minusMillis(1));

        wall.advance(Duration.ofMillis(1));

        assertThat(why("t", 0)).isEmpty();
        assertThat(pauses.list()).isEmpty();
        assertThat(pauses.get(ALL)).isEmpty();
        assertThat(pauses.oldest()).isZero();

        wall.advance(Duration.ofMinutes(59));
        topic.polled(false, true);
        assertThat(forgotten).isEmpty();
        wall.advance(Duration.ofMinutes(1));
        topic.polled(false, true);
        topic.polled(false, true);
        assertThat(forgotten).extracting(OperatorPause::target).containsExactly(ALL);
    }

    @Test
    void aPauseIsReplacedByTheNextOfItsTargetAndEndsWithItsRecord() {
        begin(pause(ALL, "a", Duration.ofMinutes(1)), pause(ALL, "b", null));
        topic.polled(true, true);
        assertThat(pauses.list()).extracting(OperatorPause::id).containsExactly("b");

        read(ALL, null);
        topic.polled(true, false);

        assertThat(pauses.list()).isEmpty();
    }

    @Test
    void whatWasWithdrawnDoesNotCount() {
        begin();
        topic.polled(false, true);
        topic.withdraw("w");

        read(ALL, pause(ALL, "w", null));
        topic.polled(true, true);

        assertThat(pauses.list()).isEmpty();
    }

    @Test
    void recordsOfOthersAndBrokenOnesAreIgnored() {
        begin(pause(PARTITION, "p", null));
        topic.read(record("redrive/1", "{}"));
        topic.read(record("pause/galaxy/1", "{}"));
        topic.read(record("pause/all", "{"));
        topic.read(new ConsumerRecord<>("desk", 0, 0, null, new byte[0]));
        topic.polled(true, true);

        assertThat(pauses.list()).extracting(OperatorPause::id).containsExactly("p");
    }

    @Test
    void whatIsKnownStaysWhileTheTopicCannotBeReadAndWhileItIsReadAgain() {
        begin(pause(ALL, "a", null));
        topic.polled(true, true);

        topic.trouble("the topic desk does not exist");
        assertThat(why("t", 0)).isPresent();

        topic.begins();
        topic.polled(false, false);
        assertThat(why("t", 0)).isPresent();
        topic.polled(false, true);
        assertThat(why("t", 0)).as("the topic is another one").isEmpty();
    }

    @Test
    void thePollThreadIsFollowed() {
        pauses.turned();
        pauses.turned();

        assertThat(pauses.turns()).isEqualTo(2);
    }

    private Optional<String> why(String of, int partition) {
        return pauses.of(new SourcePartition(of, partition), route -> false).map(PauseTopicTest::show);
    }

    private static String show(PausesInForce.Hold hold) {
        return switch (hold) {
            case PausesInForce.Hold.Ordered ordered -> ordered.why();
            case PausesInForce.Hold.NotKnown notKnown -> "not known";
        };
    }

    private OperatorPause pause(PauseTarget target, String id, @Nullable Duration lasting) {
        return new OperatorPause(
                target,
                id,
                "because of " + id,
                "alice",
                wall.instant(),
                Optional.ofNullable(lasting).map(wall.instant()::plus));
    }

    private void begin(OperatorPause... all) {
        topic.begins();
        for (OperatorPause each : all) {
            read(each.target(), each);
        }
    }

    private void read(PauseTarget target, @Nullable OperatorPause pause) {
        topic.read(new ConsumerRecord<>(
                "desk", 0, 0, PauseFormat.key(target), pause == null ? null : PauseFormat.value(pause)));
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, String value) {
        return new ConsumerRecord<>(
                "desk", 0, 0, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }
}
