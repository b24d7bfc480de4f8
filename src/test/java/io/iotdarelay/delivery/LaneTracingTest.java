package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.FakeIotda.unavailable;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.tracing.RequestTrace;
import io.iotdarelay.tracing.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tracing sees each request, how it ended, and nothing after that. */
class LaneTracingTest extends DeliveryWorld {

    private final List<String> events = new ArrayList<>();

    LaneTracingTest() {
        tracing = new Remembering(events);
    }

    @Test
    void aRequestIsFollowedWithAllThatItCarries() {
        DeliveryLoop loop = loop();
        enqueue(loop, properties("d", "{1}"), properties("d", "{2}"));
        advance(Duration.ofSeconds(1));

        assertThat(events).containsExactly("because of 0", "begins 0+1 attempt 1", "continues", "succeeded");
    }

    @Test
    void eachAttemptIsFollowedByItself() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> iotda.sent().size() < 3 ? unavailable() : new Verdict.Accepted());
        enqueue(loop, message("d", "{1}"));
        advance(Duration.ofMinutes(5));

        assertThat(events)
                .containsExactly(
                        "because of 0",
                        "begins 0 attempt 1",
                        "continues",
                        "failed unavailable",
                        "begins 0 attempt 2",
                        "continues",
                        "failed unavailable",
                        "begins 0 attempt 3",
                        "continues",
                        "succeeded");
    }

    @Test
    void aRequestThatIsGivenUpEnds() {
        DeliveryLoop loop = loop();
        iotda.latency(Duration.ofSeconds(10));
        enqueue(loop, message("d", "{1}"));
        advance(Duration.ofSeconds(15));

        assignment.end();
        release(loop);

        assertThat(events).containsExactly("because of 0", "begins 0 attempt 1", "failed abandoned");
    }

    @Test
    void aDefectEndsTheRequestToo() {
        DeliveryLoop loop = loop();
        iotda.onReport((token, sent) -> {
            throw new IllegalStateException("a defect");
        });
        enqueue(loop, message("d", "{1}"));
        advance(Duration.ofMillis(500));

        assertThat(events).containsExactly("because of 0", "begins 0 attempt 1", "continues", "failed internal-error");
    }

    @Test
    void aDeviceIsSetAsideBecauseOfTheRecordThatWaited() {
        DeliveryLoop loop = loop();
        iotda.onAuthentication(credentials -> new Verdict.DeviceRefused(answer(401, "IOTDA.000002")));
        enqueue(loop, message("d", "{1}"));
        advance(Duration.ofMillis(500));

        assertThat(events).containsExactly("because of 0");
        assertThat(rejection(0).reason()).isEqualTo(RejectionReason.DEVICE_REJECTED);
    }

    private record Remembering(List<String> events) implements Tracing {

        @Override
        public RequestTrace report(List<SourceRecord> records, int attempt) {
            events.add("begins "
                    + records.stream()
                            .map(record -> Long.toString(record.position().offset()))
                            .collect(Collectors.joining("+"))
                    + " attempt " + attempt);
            return new RememberingRequest(events);
        }

        @Override
        public RequestTrace authentication() {
            throw new AssertionError("that is the client's");
        }

        @Override
        public void rejected(SourceRecord record, RejectionReason reason) {
            throw new AssertionError("that is the pipeline's");
        }

        @Override
        public void onBehalfOf(SourceRecord record, Runnable work) {
            events.add("because of " + record.position().offset());
            work.run();
        }
    }

    private record RememberingRequest(List<String> events) implements RequestTrace {

        @Override
        public void leaves(Target target, BiConsumer<String, String> headers) {
            throw new AssertionError("that is the client's");
        }

        @Override
        public void answered(int status) {
            throw new AssertionError("that is the client's");
        }

        @Override
        public void within(Runnable work) {
            events.add("continues");
            work.run();
        }

        @Override
        public void succeeded() {
            events.add("succeeded");
        }

        @Override
        public void failed(String code) {
            events.add("failed " + code);
        }
    }
}
