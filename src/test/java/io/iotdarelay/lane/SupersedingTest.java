package io.iotdarelay.lane;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.iotda.RequestPacking;
import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Seeds;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SupersedingTest {

    private static final Packing PACKING = new RequestPacking(100_000, 50);

    private final TestAssignment assignment = new TestAssignment();
    private final List<Long> superseded = new ArrayList<>();
    private final Lane lane = lane();
    private long nextOffset;

    @Test
    void leavesTheLatestOfEachService() {
        add(properties("d", services("A")), properties("d", services("B")), properties("d", services("A")));

        assertThat(take()).containsExactly(1L, 2L);
        assertThat(superseded).containsExactly(0L);
    }

    @Test
    void replacesAReportOnlyIfNewerOnesCoverAllOfItsServices() {
        add(properties("d", services("A", "B")), properties("d", services("A")));
        assertThat(take()).containsExactly(0L, 1L);

        add(
                properties("d", services("A", "B")),
                properties("d", services("A")),
                properties("d", services("C")),
                properties("d", services("B")));

        assertThat(take()).containsExactly(3L, 4L, 5L);
        assertThat(superseded).containsExactly(2L);
    }

    @Test
    void doesNotConfuseTheChildrenOfAGateway() {
        add(child("d", "a", services("A")), child("d", "b", services("A")), child("d", "a", services("A")));

        assertThat(take()).containsExactly(1L, 2L);
    }

    @Test
    void sendsAllMessagesAndWhatItCannotRead() {
        add(message("d", services("A")), message("d", services("A")));
        assertThat(take()).containsExactly(0L);
        assertThat(take()).containsExactly(1L);

        add(properties("d", "{}"), properties("d", "{}"), properties("d", "}"), properties("d", ""));
        assertThat(take()).containsExactly(2L, 3L, 4L, 5L);
        assertThat(superseded).isEmpty();
    }

    @Test
    void neverReplacesWhatWasSent() {
        add(properties("d", services("A")));
        Batch sent = lane.take(PACKING).orElseThrow().attempted();
        add(properties("d", services("A")));
        lane.putBackUnsent(sent);

        assertThat(take()).containsExactly(0L);
        assertThat(take()).containsExactly(1L);
        assertThat(superseded).isEmpty();
    }

    @Test
    void replacesWhatCameBackUnsent() {
        add(properties("d", services("A")));
        lane.putBackUnsent(lane.take(PACKING).orElseThrow());
        add(properties("d", services("A")));

        assertThat(take()).containsExactly(1L);
        assertThat(superseded).containsExactly(0L);
    }

    @Test
    void aReportThatIsNotSentHereReplacesNothing() {
        TestAssignment leaving = new TestAssignment();
        add(properties("d", services("A")));
        leaving.drain();
        lane.add(new LaneEntry(inFlight(leaving, nextOffset++), properties("d", services("A"))));

        assertThat(take()).containsExactly(0L);
        assertThat(superseded).isEmpty();
    }

    /** It is older than what it waits behind: that would be lost. */
    @Test
    void aDeadLetterThatIsSentAgainReplacesNothingAndIsReplaced() {
        add(properties("d", services("A")));
        lane.add(new LaneEntry(redriven(7), properties("d", services("A"))));
        assertThat(take()).containsExactly(0L, 7L);

        lane.add(new LaneEntry(redriven(8), properties("d", services("A"))));
        add(properties("d", services("A")));
        assertThat(take()).containsExactly(1L);
        assertThat(superseded).containsExactly(8L);
    }

    private RecordInFlight redriven(long offset) {
        SourceRecord record = record(offset, "key", "{}");
        return new RecordInFlight(
                assignment,
                new SourceRecord(
                        new RecordPosition(record.position().topic(), -1, offset),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers()),
                "route");
    }

    @Test
    void holdsLittleMoreThanWhatIsSent() {
        for (int i = 0; i < 10_000; i++) {
            add(properties("d", services(i % 2 == 0 ? "A" : "B")));
            assertThat(lane.size()).isLessThanOrEqualTo(4);
        }
    }

    /** Whatever comes and goes: the last about each service is sent, in order, and each report ends once. */
    @Test
    void losesNothingThatIsStillTrue() {
        Seeds.each(2_000, random -> new SupersedingTest().runRandomly(random));
    }

    private void runRandomly(RandomGenerator random) {
        Map<String, Long> last = new HashMap<>();
        List<Long> sent = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            if (random.nextInt(4) > 0) {
                Set<String> services = new HashSet<>();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    services.add(Character.toString('A' + random.nextInt(4)));
                }
                services.forEach(service -> last.put(service, nextOffset));
                add(properties("d", services(services.toArray(String[]::new))));
            } else {
                sent.addAll(take());
            }
        }
        sent.addAll(take());
        Set<Long> ended = new HashSet<>(sent);
        ended.addAll(superseded);
        assertThat(ended).hasSize((int) nextOffset).hasSize(sent.size() + superseded.size());
        assertThat(sent).isSorted().containsAll(last.values());
    }

    /** A route may say so for its own reports, in either direction; those that are kept replace others all the same. */
    @Test
    void replacesByRoute() {
        lane.add(new LaneEntry(inFlight(assignment, 100), 0, properties("d", services("A")), Keep.ALL));
        lane.add(new LaneEntry(inFlight(assignment, 101), 0, properties("d", services("A")), Keep.LATEST));
        lane.add(new LaneEntry(inFlight(assignment, 102), 0, properties("d", services("A")), null));
        lane.add(new LaneEntry(inFlight(assignment, 103), 0, properties("d", services("A")), Keep.ALL));

        assertThat(take()).containsExactly(100L, 103L);
        assertThat(superseded).containsExactly(101L, 102L);
    }

    @Test
    void replacesWhatItsRouteSaysWhereAllOthersAreKept() {
        Lane keeping = new Lane(device("d"), new Superseding.Rule(PACKING, Keep.ALL, gone -> {}));
        keeping.add(new LaneEntry(inFlight(assignment, 100), properties("d", services("A"))));
        keeping.add(new LaneEntry(inFlight(assignment, 101), 0, properties("d", services("A")), Keep.LATEST));
        keeping.add(new LaneEntry(inFlight(assignment, 102), properties("d", services("A"))));

        assertThat(keeping.take(PACKING).orElseThrow().entries())
                .extracting(entry -> entry.record().record().position().offset())
                .containsExactly(100L, 102L);
    }

    /** A gateway's lane may be long, and is thinned for each of its requests. */
    @Test
    void readsEachReportOnce() {
        AtomicInteger read = new AtomicInteger();
        Packing counting = (Packing) Proxy.newProxyInstance(
                Packing.class.getClassLoader(), new Class<?>[] {Packing.class}, (proxy, method, arguments) -> {
                    read.addAndGet(method.getName().equals("subjects") ? 1 : 0);
                    return method.invoke(PACKING, arguments);
                });
        Lane gateway = new Lane(device("g"), new Superseding.Rule(counting, Keep.LATEST, gone -> {}));
        for (int i = 0; i < 1_000; i++) {
            gateway.add(new LaneEntry(inFlight(assignment, i), child("g", "c" + i, services("A"))));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(gateway.take(PACKING)).isPresent();
            gateway.add(new LaneEntry(inFlight(assignment, 1_000 + i), child("g", "d" + i, services("A"))));
        }

        assertThat(read).hasValueLessThanOrEqualTo(1_020);
    }

    private Lane lane() {
        return new Lane(
                device("d"),
                new Superseding.Rule(
                        PACKING,
                        Keep.LATEST,
                        gone -> gone.forEach(entry -> superseded.add(
                                entry.record().record().position().offset()))));
    }

    private void add(Report... reports) {
        for (Report report : reports) {
            lane.add(new LaneEntry(inFlight(assignment, nextOffset++), report));
        }
    }

    private List<Long> take() {
        return lane.take(PACKING).stream()
                .flatMap(batch -> batch.entries().stream())
                .map(entry -> entry.record().record().position().offset())
                .toList();
    }

    private static String services(String... ids) {
        return List.of(ids).stream()
                .map(id -> "{\"properties\":{\"service_id\":\"x\",\"n\":[1]},\"service_id\":\"" + id + "\"}")
                .collect(Collectors.joining(","));
    }
}
