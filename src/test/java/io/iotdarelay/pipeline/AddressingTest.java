package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.child;
import static io.iotdarelay.testing.TestTelemetry.device;
import static io.iotdarelay.testing.TestTelemetry.inFlight;
import static io.iotdarelay.testing.TestTelemetry.json;
import static io.iotdarelay.testing.TestTelemetry.message;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.devices.DirectoryEntry.Barrier;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Want;
import io.iotdarelay.lane.LaneEntry;
import io.iotdarelay.mapping.PermittedDevices;
import io.iotdarelay.mapping.RouteYaml;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.Keep;
import io.iotdarelay.telemetry.Provision;
import io.iotdarelay.telemetry.ProvisionRequest;
import io.iotdarelay.telemetry.RecordInFlight;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.Report;
import io.iotdarelay.telemetry.SourcePartition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.telemetry.Whereabouts;
import io.iotdarelay.testing.MapDirectory;
import io.iotdarelay.testing.TestTelemetry.TestAssignment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AddressingTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final PermittedDevices BEGINS_WITH_A = new PermittedDevices("a-", null, null);
    private static final PermittedDevices OF_TEAM_A = new PermittedDevices(null, null, "a");

    private static final String ROUTE = "- { name: route, topics: [topic], to: message, device-id: key";

    private final MapDirectory directory = new MapDirectory();
    private final List<String> rejected = new ArrayList<>();
    private Routes routes = RouteYaml.compiled("- { name: other, topics: [topic], to: message, device-id: key }");
    private final Addressing addressing = new Addressing(
            directory,
            () -> routes,
            new Addressing.Patience(GRACE, Duration.ofMinutes(10), 1000),
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

    @Test
    void waitsBeyondTheGraceWhileThePlatformIsStillToBeAsked() {
        directory.expecting(want -> new Outlook(true, "the platform is away"));
        add(1, properties("d", "{}"));
        add(2, properties("e", "{}"));
        addressing.askDirectory(NOW.plus(GRACE));
        addressing.askDirectory(NOW.plus(GRACE.multipliedBy(20)));
        assertThat(rejected).isEmpty();
        assertThat(addressing.firsts())
                .extracting(Whereabouts::detail)
                .contains("the directory does not know d: the platform is away");
        assertThat(addressing.overdue(NOW.plus(GRACE.multipliedBy(20)))).hasSize(2);

        directory.with("d", "secret");
        addressing.askDirectory(NOW.plus(GRACE.multipliedBy(21)));
        assertThat(taken()).containsExactly("1 d/d");
        assertThat(directory.wanted().getFirst()).isEqualTo(new Want(device("d"), "route", Optional.empty(), true));
        assertThat(directory.wanted().stream().filter(Want::isNew)).hasSize(2);

        directory.expecting(want -> new Outlook(false, "it does not exist"));
        addressing.askDirectory(NOW.plus(GRACE.multipliedBy(22)));
        assertThat(rejected).singleElement().asString().endsWith(": e; it does not exist");
    }

    @Test
    void endsTheWaitAtTheLatest() {
        directory.expecting(want -> new Outlook(true, "away"));
        add(1, properties("d", "{}"));
        addressing.askDirectory(NOW.plusSeconds(599));
        assertThat(rejected).isEmpty();
        addressing.askDirectory(NOW.plusSeconds(600));
        assertThat(rejected).hasSize(1);
    }

    @Test
    void isFoundInTheMomentThatItIsAskedFor() {
        directory.expecting(want -> {
            directory.with("d", "secret");
            return Outlook.NONE;
        });
        new Addressing(directory, () -> routes, new Addressing.Patience(Duration.ZERO, Duration.ZERO, 1), (r, w) -> {
                    throw new AssertionError(w.detail());
                })
                .add(unaddressed(1, ready("d"), PermittedDevices.ALL), NOW);
    }

    @Test
    void givesUpWhatHoldsAPartitionUp() {
        directory.expecting(want -> new Outlook(true, "away"));
        add(1, properties("d", "{}"));
        addressing.unblock(new SourcePartition("topic", 0), NOW.plusSeconds(1));
        addressing.unblock(new SourcePartition("topic", 1), NOW.plus(GRACE));
        assertThat(rejected)
                .as("neither within its grace, nor for another partition")
                .isEmpty();
        addressing.unblock(new SourcePartition("topic", 0), NOW.plus(GRACE));
        assertThat(rejected).hasSize(1);
    }

    @Test
    void aDeadLetterThatIsSentAgainHidesNoRecordBehindIt() {
        directory.expecting(want -> new Outlook(true, "away"));
        addressing.add(waiting(-1, 70), NOW);
        addressing.add(waiting(0, 8), NOW);
        addressing.add(waiting(0, 9), NOW);
        addressing.add(waiting(1, 3), NOW);

        assertThat(addressing.firsts())
                .extracting(where -> where.position().toString())
                .containsExactly("topic-0-8", "topic-1-3");
        addressing.unblock(new SourcePartition("topic", 2), NOW.plus(GRACE));
        assertThat(rejected).isEmpty();
        addressing.unblock(new SourcePartition("topic", 1), NOW.plus(GRACE));
        assertThat(rejected).hasSize(4);
    }

    private static Unaddressed waiting(int partition, long offset) {
        SourceRecord record =
                new SourceRecord(new RecordPosition("topic", partition, offset), NOW, null, new byte[] {1}, List.of());
        return new Unaddressed(
                new RecordInFlight(new TestAssignment(), record, "route"),
                0,
                new Written.Ready(properties("d", "{}")),
                "route",
                PermittedDevices.ALL,
                List.of());
    }

    /** Who waits takes no room from who is known; where nobody is known, nobody is in the way of anybody. */
    @Test
    void givesUpWhatTakesTheRoomOfOthers() {
        directory.with("known", "secret").expecting(want -> new Outlook(true, "away"));
        for (int i = 0; i < 1100; i++) {
            add(i, properties("d" + i, "{}"));
        }
        addressing.askDirectory(NOW.plus(GRACE));
        assertThat(rejected).isEmpty();

        for (int i = 0; i < 100; i++) {
            add(2000 + i, properties("known", "{}"));
        }
        addressing.askDirectory(NOW.plus(GRACE));
        assertThat(rejected).hasSize(100);
        assertThat(rejected.getFirst()).startsWith("0 ");
        assertThat(taken()).hasSize(100);
    }

    @Test
    void rejectsAtOnceWhoCannotHaveASecret() {
        directory.with("d", null, Barrier.CERTIFICATES);
        add(1, properties("d", "{}"));
        assertThat(rejected)
                .containsExactly(
                        "1 on the platform, the device authenticates with a certificate, and not with a secret: d");
    }

    @Test
    void aChildThatIsToBeCreatedMustExistFirst() {
        directory.with("g", "secret").expecting(want -> new Outlook(true, "being created"));
        Provision how =
                new ProvisionRequest("route", device("c"), "p", "c", Optional.empty(), Optional.of(device("g")));
        addressing.add(
                new Unaddressed(
                        inFlight(new TestAssignment(), 1),
                        0,
                        new Written.Ready(child("g", "c", "{}")),
                        "route",
                        PermittedDevices.ALL,
                        List.of(how)),
                NOW);
        assertThat(taken()).isEmpty();
        assertThat(directory.wanted()).containsExactly(new Want(device("c"), "route", Optional.of(how), true));

        directory.withChild("c", "g");
        addressing.askDirectory(NOW);
        assertThat(taken()).containsExactly("1 c/g");
    }

    private static Unaddressed behind(String gateway, String child, PermittedDevices permitted, Provision how) {
        return new Unaddressed(
                inFlight(new TestAssignment(), 1),
                0,
                new Written.Ready(child(gateway, child, "{}")),
                "route",
                permitted,
                List.of(how));
    }

    private static ProvisionRequest request(String child, String gateway) {
        return new ProvisionRequest("route", device(child), "p", child, Optional.empty(), Optional.of(device(gateway)));
    }

    /** The directory would name the gateway once the child was created, and so permit it. */
    @Test
    void createsNoChildBehindAGatewayThatTheRouteMayNotSpeakFor() {
        directory.with("b-gw", "secret").expecting(want -> new Outlook(true, "being created"));

        addressing.add(behind("b-gw", "a-1", BEGINS_WITH_A, request("a-1", "b-gw")), NOW);

        assertThat(directory.wanted()).isEmpty();
        assertThat(rejected).containsExactly("1 the route may not speak for gateway b-gw (relay.routes[].devices)");
    }

    @Test
    void asksForNothingThatTheRouteMayNotSpeakFor() {
        add(1, ready("b-1"), BEGINS_WITH_A);
        assertThat(directory.wanted()).isEmpty();

        directory.findingNodes();
        add(2, ready("b-2"), BEGINS_WITH_A);
        assertThat(directory.wanted()).extracting(Want::device).containsExactly(device("b-2"));
    }

    /** It may exist, and its gateway may well speak for it. */
    @Test
    void aChildOfWhichNobodyCanBeAskedIsSentInTheEnd() {
        directory.with("g", "secret").expecting(want -> new Outlook(true, "away"));
        addressing.add(behind("g", "c", PermittedDevices.ALL, request("c", "g")), NOW);
        addressing.askDirectory(NOW.plusSeconds(599));
        assertThat(taken()).isEmpty();
        addressing.askDirectory(NOW.plusSeconds(600));
        assertThat(taken()).containsExactly("1 c/g");
        assertThat(rejected).isEmpty();
    }

    @Test
    void aChildThatIsNotCreatedIsUnknown() {
        directory.with("g", "secret").expecting(want -> new Outlook(false, "capped"));
        addressing.add(behind("g", "c", PermittedDevices.ALL, request("c", "g")), NOW);
        addressing.askDirectory(NOW.plus(GRACE));
        assertThat(rejected).singleElement().asString().endsWith("c; capped");
    }

    /** Its record does not say what is needed, as the records of many children that exist. */
    @Test
    void aChildThatCannotBeCreatedIsSentAsEver() {
        directory.with("g", "secret");
        addressing.add(behind("g", "c", PermittedDevices.ALL, new Provision.Impossible(device("c"), "no name")), NOW);
        assertThat(taken()).containsExactly("1 c/g");
    }

    @Test
    void rejectsAtOnceWhatTheRouteMayNotSpeakFor() {
        directory.with("a-1", "secret").with("b-1", "secret");

        add(1, ready("a-1"), BEGINS_WITH_A);
        add(2, ready("b-1"), BEGINS_WITH_A);

        assertThat(taken()).containsExactly("1 a-1/a-1");
        assertThat(rejected).containsExactly("2 the route may not speak for device b-1 (relay.routes[].devices)");
    }

    /** Neither its ID nor its group says anything before the directory knows it: the name may be a node's. */
    @Test
    void rejectsWhatIsAddedToTheDirectoryOfOthersOnceItIsThere() {
        add(1, ready("n"), BEGINS_WITH_A);
        add(2, ready("m"), OF_TEAM_A);
        add(3, ready("k"), BEGINS_WITH_A);
        addressing.askDirectory(NOW.plusSeconds(1));
        assertThat(rejected).isEmpty();

        directory
                .with("b-1", "secret", "n")
                .with("m", "secret")
                .inGroup("b", "m")
                .with("a-1", "secret", "k");
        addressing.askDirectory(NOW.plusSeconds(2));

        assertThat(taken()).containsExactly("3 a-1/a-1");
        assertThat(rejected)
                .containsExactlyInAnyOrder(
                        "1 the route may not speak for device b-1 (relay.routes[].devices)",
                        "2 the route may not speak for device m (relay.routes[].devices)");
    }

    /** A rule that was tightened binds what waits already, too. */
    @Test
    void goesByTheRuleThatIsInForceWhenTheDirectoryKnowsTheDevice() {
        routes = RouteYaml.compiled(ROUTE + " }");
        add(1, ready("b-1"));
        add(2, ready("a-1"));
        assertThat(taken()).isEmpty();

        routes = RouteYaml.compiled(ROUTE + ", devices: { prefix: a- } }");
        directory.with("b-1", "secret").with("a-1", "secret");
        addressing.askDirectory(NOW.plusSeconds(1));

        assertThat(taken()).containsExactly("2 a-1/a-1");
        assertThat(rejected).containsExactly("1 the route may not speak for device b-1 (relay.routes[].devices)");
    }

    @Test
    void waitsForAChildWhoseGroupCounts() {
        directory.with("g", "secret").inGroup("a", "g");

        add(1, new Written.Ready(child("g", "c", "{}")), OF_TEAM_A);
        add(2, new Written.Ready(child("g", "d", "{}")), OF_TEAM_A);
        assertThat(taken()).isEmpty();
        assertThat(addressing.firsts())
                .extracting(Whereabouts::detail)
                .containsExactlyInAnyOrder("the directory does not know c", "the directory does not know d");
        directory.withChild("c", "g").inGroup("a", "c");
        addressing.askDirectory(NOW.plusSeconds(1));
        assertThat(taken()).containsExactly("1 c/g");
        addressing.askDirectory(NOW.plus(GRACE));

        assertThat(rejected).containsExactly("2 the directory does not know the device, or its gateway: d");
    }

    private static final String MOVING = """
            - name: route
              topics: [topic]
              to: gateway
              device-id: key
              gateway-id: /g
              services-from: /s
              provision: { ids: .*, product-id: p, change-gateway: true }
            """;

    private static Unaddressed throughOther(long offset, String child, String gateway) {
        return new Unaddressed(
                inFlight(new TestAssignment(), offset),
                0,
                new Written.Ready(child(gateway, child, "{}")),
                "route",
                PermittedDevices.ALL,
                List.of(new ProvisionRequest(
                        "route", device(child), "p", child, Optional.empty(), Optional.of(device(gateway)))));
    }

    @Test
    void waitsForAChildThatIsBeingMoved() {
        routes = RouteYaml.compiled(MOVING);
        boolean[] open = {true};
        directory
                .with("g", "secret")
                .with("h", "secret")
                .withChild("c", "g")
                .expecting(want -> new Outlook(open[0], ""))
                .moving(child -> new Outlook(open[0], ""));

        addressing.add(throughOther(2, "c", "h"), NOW);
        addressing.add(throughOther(3, "c", "h"), NOW);
        addressing.askDirectory(NOW.plus(GRACE).plusSeconds(5));
        assertThat(taken()).isEmpty();

        open[0] = false;
        addressing.askDirectory(NOW.plus(GRACE).plusSeconds(6));
        assertThat(taken()).as("the platform decides, however it ended").containsExactly("2 c/h", "3 c/h");
        assertThat(rejected).isEmpty();
    }

    @Test
    void movesNoChildThatIsWhereItsRecordSays() {
        routes = RouteYaml.compiled(MOVING);
        directory.with("g", "secret").withChild("c", "g").moving(child -> new Outlook(true, ""));

        addressing.add(throughOther(1, "c", "g"), NOW);

        assertThat(taken()).containsExactly("1 c/g");
    }

    @Test
    void movesNoChildThatItsRouteMayNotMove() {
        directory
                .with("g", "secret")
                .with("h", "secret")
                .withChild("c", "g")
                .withChild("e", "g")
                .moving(child -> new Outlook(true, ""));
        routes = RouteYaml.compiled(MOVING.replace(", change-gateway: true", ""));
        addressing.add(throughOther(1, "c", "h"), NOW);
        routes = RouteYaml.compiled(MOVING);
        add(2, child("h", "e", "{}"));

        assertThat(taken()).containsExactly("1 c/h", "2 e/h");
    }

    @Test
    void saysWhetherNewerReportsMayReplaceOne() {
        directory.with("d", "secret");
        routes = RouteYaml.compiled("""
                - { name: other, topics: [topic], to: message, device-id: key, when: { /kind: a } }
                - { name: route, topics: [topic], to: properties, device-id: key, keep: latest }
                """);
        add(1, ready("d"));
        assertThat(addressing.take()).extracting(LaneEntry::keep).containsExactly(Keep.LATEST);

        routes = RouteYaml.compiled("- { name: other, topics: [topic], to: message, device-id: key }");
        add(2, ready("d"));
        assertThat(addressing.take()).extracting(LaneEntry::keep).containsOnlyNulls();
    }

    /** A producer of one topic would make the others' devices unknown before they are provisioned. */
    @Test
    void takesNoGraceFromRecordsOfOtherTopics() {
        add(1, ready("late"));
        addressing.askDirectory(NOW.plus(GRACE));
        assertThat(rejected).hasSize(1);
        RecordInFlight other = new RecordInFlight(
                new TestAssignment(),
                new SourceRecord(new RecordPosition("other", 0, 2), NOW, null, null, List.of()),
                "another");

        addressing.add(
                new Unaddressed(other, 0, ready("late"), "another", PermittedDevices.ALL, List.of()), NOW.plus(GRACE));
        directory.with("late", "secret");
        addressing.askDirectory(NOW.plus(GRACE).plusSeconds(1));

        assertThat(taken()).containsExactly("2 late/late");
        assertThat(rejected).hasSize(1);
    }

    private static Written.Ready ready(String device) {
        return new Written.Ready(properties(device, "{}"));
    }

    private void add(long offset, Report report) {
        add(offset, new Written.Ready(report));
    }

    private void addWithoutGateway(long offset, String child) {
        add(offset, new Written.GatewayWanted(device(child), json("{}")));
    }

    private void add(long offset, Written report) {
        add(offset, report, PermittedDevices.ALL);
    }

    private void add(long offset, Written report, PermittedDevices permitted) {
        addressing.add(unaddressed(offset, report, permitted), NOW);
    }

    private static Unaddressed unaddressed(long offset, Written report, PermittedDevices permitted) {
        return new Unaddressed(inFlight(new TestAssignment(), offset), 0, report, "route", permitted, List.of());
    }

    private List<String> taken() {
        return addressing.take().stream()
                .map(entry -> entry.record().record().position().offset() + " "
                        + entry.report().device().value() + "/"
                        + entry.report().sender().value())
                .toList();
    }
}
