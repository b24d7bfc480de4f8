package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each verb asks, and what it makes of the answer, in the shapes of {@code docs/api.md}. */
class VerbsAskTheApiTest {

    static final String EXPLAINED = """
            {"deviceId":"meter-1","state":"quarantined",
             "explanation":["It is set aside since 2026-12-01T03:00:00Z, after one refusal.","Its records become dead letters until then."],
             "runbook":"docs/operations.md#quarantine",
             "directory":{"loaded":true,"known":true,"source":"file","hasSecret":true,"gateway":"gate-1"},
             "lane":{"sender":"gate-1","waiting":2,"inFlight":1,"nextAttempt":"2026-12-01T03:00:09.5Z",
              "oldest":{"record":"telemetry.meters-0-17","waitsFor":"platform","detail":"429"}},
             "token":{"ageSeconds":7000,"leftSeconds":79000},
             "lastRequest":{"kind":"authentication","at":"2026-12-01T03:00:00Z","outcome":"device-refused","status":401,"errorCode":"IOTDA.000002"},
             "quarantine":{"deviceId":"meter-1","reason":"device-rejected","since":"2026-12-01T03:00:00Z","refusals":1,"nextProbe":"2026-12-01T03:01:00Z"},
             "holdsUp":[{"record":"telemetry.meters-0-17","waitsFor":"platform","detail":"429"}],
             "deadLetters":[{"at":"2026-12-01T03:00:00Z","record":"telemetry.meters-0-16","route":"meters","reason":"device-rejected","detail":"401"}]}
            """;

    private static final String LETTER = """
            {"position":"iotda-relay.dlt-0-17","at":"2026-12-01T03:00:00Z","reason":"undecodable","detail":"invalid JSON","route":"meters","deviceId":"meter-1",
             "origin":"telemetry.meters-0-4","originalTime":"2026-12-01T02:59:00Z","redrives":0,"size":120,
             "headers":[{"name":"iotda-relay-reason","value":{"bytes":11,"text":"undecodable"}},{"name":"raw","value":{"bytes":1,"base64":"/w=="}}],
             "key":{"null":true},"value":{"bytes":20,"text":"{\\n\\"temp\\": <script>\\u001b[2J"},
             "today":{"requests":[{"method":"POST","path":"/v5/devices/meter-1/sys/properties/report","sender":"meter-1","body":{"bytes":2,"text":"{}"}}]}}
            """;

    private final StubRelay relay = new StubRelay();

    @AfterEach
    void stop() {
        relay.close();
    }

    private ClientRun run(String... arguments) {
        return run(ClientRun.Place.quiet(), arguments);
    }

    private ClientRun run(ClientRun.Place place, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", relay.url()));
        return place.run(all.toArray(String[]::new));
    }

    @Test
    void explains() {
        relay.on("GET /actuator/devices/meter-1", 200, EXPLAINED);

        ClientRun run = run("explain", "meter-1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("""
                        device        meter-1
                        state         quarantined
                                      It is set aside since 2026-12-01T03:00:00Z, after one refusal.
                                      Its records become dead letters until then.
                        see           docs/operations.md#quarantine

                        directory     knows it from file, with a secret, gateway gate-1
                        lane          of gate-1: 2 waiting, 1 in flight, next attempt 2026-12-01T03:00:09Z; oldest: telemetry.meters-0-17 waits for platform: 429
                        token         116 min old, 21 h left
                        last request  authentication at 2026-12-01T03:00:00Z: device-refused, status 401, IOTDA.000002
                        last success  -
                        set aside     device-rejected since 2026-12-01T03:00:00Z, refused 1 times, tried next at 2026-12-01T03:01:00Z
                        holds up      telemetry.meters-0-17 waits for platform: 429

                        DEAD LETTER OF         AT                    ROUTE   REASON           DETAIL
                        telemetry.meters-0-16  2026-12-01T03:00:00Z  meters  device-rejected  401
                        """);
    }

    @Test
    void whatIsDeliveredIsFine() {
        relay.on("GET /actuator/devices/m", 200, "{\"state\":\"delivered\"}");

        assertThat(run("explain", "m").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", ""})
    void namesLeadNowhereElse(String name) {
        assertThat(run("explain", name).exitCode()).isEqualTo(2);
        assertThat(run("deadletters", "show", name).exitCode()).isEqualTo(2);
        assertThat(run("deadletters", "redrive", "--follow", name).exitCode()).isEqualTo(2);
        assertThat(relay.asked()).isEmpty();
    }

    @Test
    void namesArePartsOfPaths() {
        run("explain", "../env?x=y#z ü");
        run("deadletters", "list", "--device", "a&b=c");

        assertThat(relay.requests())
                .containsExactly(
                        "GET /actuator/devices/..%2Fenv%3Fx%3Dy%23z%20%C3%BC",
                        "GET /actuator/deadletters?device=a%26b%3Dc");
    }

    @Test
    void listsDevices() {
        relay.on(
                "GET /actuator/devices?state=unknown&after=a&limit=2",
                200,
                "{\"state\":\"unknown\",\"devices\":[{\"deviceId\":\"b\",\"lastDeadLetter\":{\"at\":\"2026-12-01T03:00:00Z\",\"record\":\"t-0-1\","
                        + "\"route\":\"meters\"}},{\"deviceId\":\"c\"}],\"next\":\"c\"}");
        relay.on("GET /actuator/devices?state=waiting", 200, "{\"state\":\"waiting\",\"devices\":[]}");

        ClientRun some = run("devices", "list", "--state=unknown", "--after=a", "--limit=2");
        ClientRun none = run("devices", "list", "--state=waiting");

        assertThat(some.exitCode()).isEqualTo(1);
        assertThat(some.lines())
                .containsExactly(
                        "DEVICE  LAST DEAD LETTER      ROUTE   RECORD",
                        "b       2026-12-01T03:00:00Z  meters  t-0-1",
                        "c       -                     -       -",
                        "There may be more: --after c");
        assertThat(none.exitCode()).isZero();
        assertThat(run("devices", "list", "--state=all").exitCode()).isEqualTo(2);
        assertThat(run("devices", "list", "--state=waiting", "--limit=1001").exitCode())
                .isEqualTo(2);
    }

    @Test
    void listsDeadLetters() {
        relay.on(
                "GET /actuator/deadletters?reason=undecodable&from=2026-12-01T00%3A00%3A00Z&limit=1&before=d-0%3A9",
                200, "{\"letters\":[" + LETTER + "],\"scanned\":9,\"more\":true,\"before\":\"d-0:5\"}");
        relay.on(
                "GET /actuator/deadletters",
                200,
                "{\"letters\":[],\"scanned\":50000,\"more\":true,\"before\":\"d-0:5\"}");

        ClientRun some = run(
                "deadletters",
                "list",
                "--reason=undecodable",
                "--from=2026-12-01T00:00:00Z",
                "--limit=1",
                "--before=d-0:9");
        ClientRun none = run("deadletters", "list");

        assertThat(some.exitCode()).isEqualTo(1);
        assertThat(some.lines())
                .containsExactly(
                        "POSITION              WRITTEN               REASON       ROUTE   DEVICE   REDRIVES  DETAIL",
                        "iotda-relay.dlt-0-17  2026-12-01T03:00:00Z  undecodable  meters  meter-1  0         invalid JSON",
                        "There are more: --before d-0:5");
        assertThat(none.exitCode()).isZero();
        assertThat(none.out()).contains("None among the last 50,000");
        assertThat(run("deadletters", "list", "--from=yesterday").exitCode()).isEqualTo(2);
        assertThat(run("deadletters", "list", "--limit=0").exitCode()).isEqualTo(2);
    }

    @Test
    void namesOfRecordsAreNeverCut() {
        relay.on("GET /actuator/deadletters", 200, "{\"letters\":[" + LETTER + "]}");

        for (int columns : List.of(30, 60, 80, 100)) {
            ClientRun run = run(ClientRun.Place.terminal(columns), "deadletters", "list");

            assertThat(run.out()).contains("iotda-relay.dlt-0-17");
            assertThat(run.lines())
                    .allSatisfy(line -> assertThat(SafeText.width(line)).isLessThanOrEqualTo(columns));
        }
    }

    @Test
    void showsADeadLetter() {
        relay.on("GET /actuator/deadletters/iotda-relay.dlt-0-17", 200, LETTER);

        ClientRun run = run("deadletters", "show", "iotda-relay.dlt-0-17");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        position   iotda-relay.dlt-0-17
                        written    2026-12-01T03:00:00Z
                        reason     undecodable
                        detail     invalid JSON
                        route      meters
                        device     meter-1
                        origin     telemetry.meters-0-4
                        timestamp  2026-12-01T02:59:00Z
                        redrives   0

                        headers
                            iotda-relay-reason: undecodable
                            raw: base64, 1 bytes: /w==
                        key
                            none
                        value
                            {
                            "temp": <script>\uFFFD[2J

                        today
                            POST /v5/devices/meter-1/sys/properties/report   with the token of meter-1
                                {}
                        """);
    }

    @Test
    void showsWhyItWouldFailAgain() {
        String start = "{\"position\":\"d-0-1\",\"today\":";
        relay.on(
                "GET /actuator/deadletters/r",
                200,
                start + "{\"requests\":[{}],\"rejected\":\"undecodable\",\"detail\":\"x\"}}");
        relay.on("GET /actuator/deadletters/s", 200, start + "{\"skipped\":\"no value\"}}");
        relay.on("GET /actuator/deadletters/w", 200, start + "{\"waitsFor\":\"schema 7\"}}");
        relay.on("GET /actuator/deadletters/u", 200, start + "{\"unknown\":\"later\"}}");

        assertThat(run("deadletters", "show", "r").out()).contains("dead letter again: undecodable: x");
        assertThat(run("deadletters", "show", "s").out()).contains("skipped: no value");
        assertThat(run("deadletters", "show", "w").out()).contains("would wait: schema 7");
        assertThat(run("deadletters", "show", "u").out()).contains("not known: later");
        assertThat(run("deadletters", "show", "u").exitCode()).isEqualTo(1);
    }

    @Test
    void pauses() {
        relay.on(
                "POST /actuator/pauses",
                200,
                "{\"paused\":{\"route\":\"meters\",\"reason\":\"valve exchange\",\"by\":\"operator\",\"since\":\"2026-12-01T09:00:00Z\","
                        + "\"until\":\"2026-12-01T09:30:00Z\",\"partitions\":[\"telemetry.meters-0\",\"telemetry.meters-1\"],"
                        + "\"alsoStops\":[\"alarms\"]},\"carriedOut\":true}");

        ClientRun run = run("pause", "--route=meters", "--reason=valve exchange", "--for=30m");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        Paused: route meters
                          until       2026-12-01T09:30:00Z
                          stops here  telemetry.meters-0, telemetry.meters-1
                          stops, too  alarms
                        """);
        assertThat(relay.asked().getFirst().body())
                .isEqualTo("{\"route\":\"meters\",\"reason\":\"valve exchange\",\"for\":\"30m\"}");
    }

    @Test
    void pausesThatAreNotCarriedOutAreFindings() {
        relay.on("POST /actuator/pauses", 200, "{\"paused\":{},\"carriedOut\":false}");
        assertThat(run("pause", "--all", "--reason=x").exitCode()).isEqualTo(1);
        assertThat(relay.asked().getFirst().body()).isEqualTo("{\"all\":true,\"reason\":\"x\"}");
    }

    @Test
    void exactlyOneTarget() {
        assertThat(run("pause", "--reason=x").exitCode()).isEqualTo(2);
        assertThat(run("pause", "--all", "--route=a", "--reason=x").exitCode()).isEqualTo(2);
        assertThat(run("resume").exitCode()).isEqualTo(2);
        assertThat(run("resume", "--all", "--stopped-route=a").exitCode()).isEqualTo(2);
        assertThat(relay.asked()).isEmpty();
    }

    @Test
    void resumes() {
        relay.on(
                "DELETE /actuator/pauses?partition=telemetry.meters-3",
                200,
                "{\"resumed\":true,\"target\":\"partition telemetry.meters-3\",\"carriedOut\":true,\"pauses\":[]}");
        relay.on(
                "DELETE /actuator/pauses?all=true",
                200,
                "{\"resumed\":false,\"carriedOut\":true,\"pauses\":[{\"route\":\"meters\",\"reason\":\"x\",\"by\":\"o\",\"since\":\"2026-12-01T09:00:00Z\"}]}");

        ClientRun done = run("resume", "--partition=telemetry.meters-3");
        ClientRun none = run("resume", "--all");

        assertThat(done.exitCode()).isZero();
        assertThat(done.out()).isEqualTo("Resumed: partition telemetry.meters-3\n");
        assertThat(relay.asked().getFirst().type()).isEqualTo("application/json");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.out()).contains("There was no pause of everything", "Still paused:", "route meters");
    }

    @Test
    void startsARouteThatTheRelayHasStopped() {
        relay.on("POST /actuator/routes/meters", 200, "{\"state\":\"running\"}");

        assertThat(run("resume", "--stopped-route=meters").out()).isEqualTo("Route meters: running\n");
        ClientRun none = run("resume", "--stopped-route=valves");
        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(none.err()).contains("there is no route valves");
    }

    @Test
    void eachVerbHasHelpWithExamples() {
        for (String line : List.of(
                "status",
                "explain",
                "quarantine",
                "pause",
                "resume",
                "deadletters list",
                "deadletters show",
                "deadletters redrive",
                "devices list")) {
            List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
            arguments.add("--help");

            ClientRun run = ClientRun.of(arguments.toArray(String[]::new));

            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .startsWith("Usage: iotda-relay " + line + " ")
                    .contains("Example", "iotda-relay " + line, "Exit codes: 0 fine");
        }
    }

    @Test
    void onlyItsOwnVerbsAreItsOwn() {
        assertThat(ClientVerbs.isOne(new String[] {})).isFalse();
        assertThat(ClientVerbs.isOne(new String[] {"check"})).isFalse();
        assertThat(ClientVerbs.isOne(new String[] {"devices"})).isFalse();
        assertThat(ClientVerbs.isOne(new String[] {"devices", "register"})).isFalse();
        assertThat(ClientVerbs.isOne(new String[] {"--help"})).isFalse();
        assertThat(ClientVerbs.isOne(new String[] {"devices", "list"})).isTrue();
        Client.verbs()
                .forEach(verb -> assertThat(ClientVerbs.isOne(new String[] {verb.getCommandName()}))
                        .isTrue());
    }
}
