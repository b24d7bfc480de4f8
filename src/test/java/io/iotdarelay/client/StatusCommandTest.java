package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCommandTest {

    static final String STUCK = """
            {"instance":{"name":"relay-0","version":"1.0","since":"2026-12-01T01:00:00.5Z"},"state":"stuck",
             "stuck":[{"where":"platform","why":"401 for 12 devices, the endpoint is of another instance","runbook":"docs/operations.md#iotdarelayconfigurationerror"}],
             "pauses":["route meters by operator: valve exchange"],
             "routes":{"meters":{"perSecond":12.25,"deliveredPerSecond":0.0,"rejectedPerSecond":0.5,"begun":1204,"delivered":1200,"skipped":0,"rejected":{"undecodable":4}}},
             "partitions":[{"partition":"telemetry.meters-1","lag":0,"inFlight":0,"oldestUnfinishedSeconds":0,"stalledSeconds":0},
              {"partition":"telemetry.meters-0","committed":17,"lag":12000,"inFlight":3,"oldestUnfinishedSeconds":95,"stalledSeconds":200,"oldest":17,
               "deviceId":"meter-1","waitsFor":"platform","detail":"the breaker is open"}],
             "delivery":{"breakers":{"iotda":"open","device-auth":"closed"},"requestsInFlight":1,"requestsLimit":256,"messagesPerSecond":700.0},
             "deadLetters":{"byReason":{"undecodable":4},"topics":[{"topic":"iotda-relay.dlt","written":4,"unwritten":2,"trouble":"no answer"}]},
             "devices":{"directory":340,"quarantined":1700,"tokens":338}}
            """;

    private final StubRelay relay = new StubRelay();

    @AfterEach
    void stop() {
        relay.close();
    }

    private ClientRun status(ClientRun.Place place, String answer) {
        relay.on("GET /actuator/relay", 200, answer);
        return place.run("status", "--url", relay.url());
    }

    @Test
    void tellsWhereItIsStuckAndWhy() {
        ClientRun run = status(ClientRun.Place.quiet(), STUCK);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("""
                        state         stuck
                        instance      relay-0, version 1.0, since 2026-12-01T01:00:00Z
                        paused        route meters by operator: valve exchange

                        stuck at      platform
                        because       401 for 12 devices, the endpoint is of another instance
                        see           docs/operations.md#iotdarelayconfigurationerror

                        ROUTE   IN/S  DELIVERED/S  REJECTED/S  DELIVERED  REJECTED
                        meters  12.3  0.0          0.5         1,200      undecodable 4

                        PARTITION           LAG     IN FLIGHT  OLDEST  STALLED  WAITS FOR
                        telemetry.meters-0  12,000  3          95 s    3 min    platform: device meter-1, the breaker is open
                        telemetry.meters-1  0       0          0 s     0 s

                        breakers      iotda open, device-auth closed
                        requests      1 of 256 in flight, at most 700.0 messages/s
                        dead letters  undecodable 4
                        unwritten     2 for iotda-relay.dlt
                        devices       340 in the directory, 338 with a token, 1,700 set aside: iotda-relay quarantine
                        """);
    }

    @ParameterizedTest
    @CsvSource({"flowing, 0, 0", "idle, 0, 0", "paused, 0, 1", "stuck, 0, 1", "flowing, 1, 1", "unheard-of, 0, 1"})
    void endsAsItsStateSays(String state, int quarantined, int code) {
        ClientRun run = status(
                ClientRun.Place.quiet(),
                "{\"state\":\"" + state + "\",\"devices\":{\"quarantined\":" + quarantined + "}}");

        assertThat(run.exitCode()).isEqualTo(code);
        assertThat(run.out()).contains("- in the directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"status\":\"UP\"}", "{\"state\":{}}", "{\"state\":null}"})
    void anotherShapeIsNotUnderstood(String answer) {
        assertThat(status(ClientRun.Place.quiet(), answer).exitCode()).isEqualTo(6);
    }

    /** Each member in turn is a number, a text, an array, an object and null. */
    @Test
    void noShapeMakesItFail() {
        for (String name : new String[] {
            "instance", "stuck", "pauses", "routes", "partitions", "delivery", "deadLetters", "devices"
        }) {
            for (String value : new String[] {
                "7",
                "\"x\"",
                "[1,\"x\",null,[],{}]",
                "{\"a\":1,\"b\":[],\"c\":null,\"topics\":3,\"breakers\":[]}",
                "null",
                "1e999"
            }) {
                try (StubRelay any = new StubRelay()) {
                    any.on("GET /actuator/relay", 200, "{\"state\":\"idle\",\"" + name + "\":" + value + "}");
                    ClientRun run = ClientRun.Place.terminal(40).run("status", "--url", any.url());
                    assertThat(run.exitCode()).as(name + " " + value).isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 60, 80, 200})
    void fitsTheTerminal(int columns) {
        ClientRun run = status(ClientRun.Place.terminal(columns), STUCK);

        assertThat(run.lines())
                .allSatisfy(line -> assertThat(SafeText.width(line)).isLessThanOrEqualTo(columns));
        assertThat(run.out().replaceAll("\\s", "")).contains("telemetry.meters-0", "theendpointisofanotherinstance");
    }

    @Test
    void coloursAreForTerminalsThatWantThem() {
        ClientRun.Place colourful = new ClientRun.Place("", true, 100, java.util.Map.of());

        assertThat(status(colourful, STUCK).out()).contains("\033[31m");
        assertThat(status(colourful.with("NO_COLOR", "1"), STUCK).out()).doesNotContain("\033");
        assertThat(status(colourful.with("TERM", "dumb"), STUCK).out()).doesNotContain("\033");
        assertThat(status(ClientRun.Place.quiet(), STUCK).out()).doesNotContain("\033");
    }

    @Test
    void textOfOthersCannotDriveTheTerminal() {
        String hostile = "\\u001b]0;x\\u0007\\u001b[2J\u009b31m\u202e\\r\\n<b>";
        String answer = STUCK.replace("valve exchange", hostile)
                .replace("meter-1", hostile)
                .replace("relay-0", hostile);
        for (ClientRun.Place place : new ClientRun.Place[] {ClientRun.Place.quiet(), ClientRun.Place.terminal(50)}) {
            assertHarmless(status(place, answer).out());
        }
        relay.on("GET /actuator/relay", 200, answer);
        String json = ClientRun.of("status", "--json", "--url", relay.url()).out();
        assertHarmless(json);
        assertThat(Json.read(json)).isEqualTo(Json.read(answer));
    }

    private static void assertHarmless(String text) {
        assertThat(text.codePoints().filter(point -> point != '\n'))
                .allSatisfy(point ->
                        assertThat(Character.getType(point)).isNotIn((int) Character.CONTROL, (int) Character.FORMAT));
    }
}
