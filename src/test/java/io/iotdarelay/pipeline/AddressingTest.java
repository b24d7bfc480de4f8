package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.json;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.Report;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressingTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final MapDirectory directory = new MapDirectory();
    private final List<String> rejected = new ArrayList<>();
    private final Addressing addressing = new Addressing(
            directory,
            GRACE,
            (report, rejection) ->
                    rejected.add(report.record().record().position().offset() + " " + rejection.detail()));

    @Test
    void sendsAtOnceWhatTheDirectoryKnows() {
        directory.with("g", "secret").withChild("c", "g");

        add(1, properties("g", "{}"));
        addWithoutGateway(2, "c");
        assertThat(taken()).containsExactly("1 g/g", "2 c/g");
    }

    @Test
    void waitsForTheDeviceThatARecordCallsByItsNode() {
        add(1, properties("n", "{}"));
        add(2, message("n", "{}"));
        addWithoutGateway(3, "m");
        addressing.askDirectory(NOW.plusSeconds(1));
        assertThat(taken()).isEmpty();

        directory.with("p_n", "secret", "n").withNode("m", "p_m").withChild("p_m", "p_n");
        addressing.askDirectory(NOW.plusSeconds(2));
        assertThat(taken()).containsExactly("1 p_n/p_n", "2 p_n/p_n", "3 p_m/p_n");
        addressing.askDirectory(NOW.plus(GRACE));
        assertThat(rejected).isEmpty();
    }

    @Test
    void keepsTheOrderOfADeviceThatIsProvisionedWhileItIsCalledByItsNode() {
        add(1, properties("n", "{}"));
        directory.with("p_n", "secret", "n");
        add(2, properties("p_n", "{}"));
        assertThat(taken()).isEmpty();

        addressing.askDirectory(NOW);
        add(3, properties("p_n", "{}"));
        assertThat(taken()).containsExactly("1 p_n/p_n", "2 p_n/p_n", "3 p_n/p_n");
    }

    @Test
    void keepsTheOrderOfAChildWhoseRecordsNameItsGatewayOrNot() {
        directory.with("g", "secret");
        addWithoutGateway(1, "c");
        add(2, child("g", "c", "{}"));
        add(3, child("g", "other", "{}"));
        assertThat(taken()).containsExactly("3 other/g");

        directory.withChild("c", "g");
        addressing.askDirectory(NOW.plusSeconds(1));
        assertThat(taken()).containsExactly("1 c/g", "2 c/g");
    }

    @Test
    void keepsTheOrderOfAChildWhoseGatewayIsProvisionedAfterIt() {
        addWithoutGateway(1, "c");
        add(2, child("g", "c", "{}"));
        directory.withChild("c", "g");
        addressing.askDirectory(NOW.plusSeconds(1));
        addWithoutGateway(3, "c");
        directory.with("g", "secret");
        addressing.askDirectory(NOW.plusSeconds(2));

        assertThat(taken()).containsExactly("1 c/g", "2 c/g", "3 c/g");
    }

    @Test
    void sendsThroughANamedGatewayWhatWaitedBehindAnUnknownChild() {
        directory.with("g", "secret");
        addWithoutGateway(1, "c");
        add(2, child("g", "c", "{}"));
        addressing.askDirectory(NOW.plus(GRACE));

        assertThat(rejected).singleElement().asString().startsWith("1 ");
        assertThat(taken()).containsExactly("2 c/g");
    }

    @Test
    void rejectsWhatStaysUnknown() {
        add(1, properties("n", "{}"));
        addWithoutGateway(2, "c");
        directory.withChild("c", "g");
        addressing.askDirectory(NOW.plus(GRACE));
        add(3, properties("n", "{}"));

        assertThat(rejected).hasSize(3);
        assertThat(rejected.get(0)).startsWith("1 ").endsWith(": n");
        assertThat(rejected.get(1)).startsWith("2 ").endsWith(": g");
        assertThat(rejected.get(2)).startsWith("3 ").endsWith(": n");
    }

    private void add(long offset, Report report) {
        add(offset, new Written.Ready(report));
    }

    private void addWithoutGateway(long offset, String child) {
        add(offset, new Written.GatewayWanted(device(child), json("{}")));
    }

    private void add(long offset, Written report) {
        addressing.add(new Unaddressed(inFlight(new TestAssignment(), offset), 0, report), NOW);
    }

    private List<String> taken() {
        return addressing.take().stream()
                .map(entry -> entry.record().record().position().offset() + " "
                        + entry.report().device().value() + "/"
                        + entry.report().sender().value())
                .toList();
    }
}
