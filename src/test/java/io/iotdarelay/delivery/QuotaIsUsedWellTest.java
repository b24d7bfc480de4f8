package io.iotdarelay.delivery;

import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.iotda.RequestCost;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.telemetry.Outcome;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.FakeIotda;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 2,000 devices with 10 records a second each, and 1,000 messages a second: what was bought is used, and nobody starves. */
class QuotaIsUsedWellTest extends DeliveryWorld {

    private static final int DEVICES = 2000;
    private static final int QUOTA = 1000;
    private static final int UNIT = 4096;
    private static final Duration STEP = Duration.ofMillis(10);
    private static final int STEPS_OF_A_RECORD = 10;
    private static final long WARM_UP = 10_000;
    private static final long END = 20_000;

    /** A request is a little later than the wait for the quota is over. */
    private static final long TOLERANCE = 500;

    private final List<Report> ofDevice = new ArrayList<>();

    @Override
    void settle(List<LaneEntry> entries, Outcome outcome) {}

    /** 200 bytes come close to the quota, 400 are twice as much; 150 are less. */
    @ParameterizedTest
    @ValueSource(ints = {150, 200, 400})
    void deliversNearlyWhatPerfectPackingWould(int size) {
        messagesPerSecond = QUOTA;
        slots = 400;
        mostTokens = DEVICES;
        maxAge = Duration.ofSeconds(5);
        for (int i = 0; i < DEVICES; i++) {
            ofDevice.add(properties("d" + i, "x".repeat(size)));
            directory.with("d" + i, "secret");
        }
        DeliveryLoop loop = loop();
        for (long step = 0; step < END / STEP.toMillis(); step++) {
            List<LaneEntry> entries = new ArrayList<>();
            for (int i = (int) (step % STEPS_OF_A_RECORD); i < DEVICES; i += STEPS_OF_A_RECORD) {
                entries.add(new LaneEntry(inFlight(assignment, nextOffset++), ofDevice.get(i)));
            }
            loop.enqueue(entries);
            advance(STEP);
        }

        double seconds = (END - WARM_UP) / 1000.0;
        double demand = DEVICES * 10.0 * size;
        double perfect = Math.min(demand, QUOTA * (double) UNIT) * seconds;
        assertThat(bytes()).as("bytes").isGreaterThan(0.85 * perfect);
        assertThat(longestGap()).isLessThanOrEqualTo(maxAge.toMillis() + TOLERANCE);
        assertThat(mostInASecond()).isLessThanOrEqualTo(QUOTA);
        System.out.printf(
                "%d bytes a record: %.1f %% of perfect packing, longest wait %d ms, at most %.0f messages a second%n",
                size, 100 * bytes() / perfect, longestGap(), mostInASecond());
    }

    private double bytes() {
        double bytes = 0;
        for (FakeIotda.Sent request : iotda.sent()) {
            if (request.atMillis() >= WARM_UP) {
                bytes += request.reports().stream()
                        .mapToInt(report -> report.json().length())
                        .sum();
            }
        }
        return bytes;
    }

    private long longestGap() {
        Map<String, Long> last = new HashMap<>();
        long longest = 0;
        for (FakeIotda.Sent request : iotda.sent()) {
            Long before = last.put(request.sender().value(), request.atMillis());
            if (before != null && request.atMillis() >= WARM_UP) {
                longest = Math.max(longest, request.atMillis() - before);
            }
        }
        for (long at : last.values()) {
            longest = Math.max(longest, END - at);
        }
        assertThat(last).hasSize(DEVICES);
        return longest;
    }

    private double mostInASecond() {
        List<FakeIotda.Sent> sent = iotda.sent();
        double most = 0;
        double sum = 0;
        int first = 0;
        for (FakeIotda.Sent request : sent) {
            sum += RequestCost.of(request.reports());
            while (request.atMillis() - sent.get(first).atMillis() >= 1000) {
                sum -= RequestCost.of(sent.get(first++).reports());
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    /** Messages, and lanes with little, have their turn although others always have a full unit. */
    @Test
    void whoNeverFillsAUnitHasItsTurnInTime() {
        messagesPerSecond = 10;
        maxAge = Duration.ofSeconds(5);
        DeliveryLoop loop = loop();
        enqueue(loop, properties("small", "x"));
        advance(Duration.ofSeconds(1));
        for (int i = 0; i < 3000; i++) {
            Report[] full = new Report[4];
            for (int j = 0; j < full.length; j++) {
                full[j] = properties("d" + j, "x".repeat(1300));
            }
            if (i < 1500) {
                enqueue(loop, full);
            }
            if (i == 1000) {
                enqueue(loop, properties("small", "y"));
            }
            advance(STEP);
        }

        List<Long> small = iotda.sent().stream()
                .filter(request -> request.sender().value().equals("small"))
                .map(FakeIotda.Sent::atMillis)
                .toList();
        assertThat(small).hasSize(2);
        assertThat(small.getLast()).isBetween(11_000L, 16_500L);
    }
}
