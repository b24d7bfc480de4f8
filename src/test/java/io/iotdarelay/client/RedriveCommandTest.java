package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedriveCommandTest {

    private static final String REDRIVE = "POST /actuator/deadletters/redrive";
    private static final String PROGRESS = "GET /actuator/deadletters/redrives/r-1";
    private static final String STARTED = "{\"dryRun\":false,\"id\":\"r-1\"}";

    static final String TRIED = """
            {"dryRun":true,"result":{"found":1206,"complete":true,"scanned":5000,"alreadyRedriven":3,"overLimit":1,"withoutOrigin":1,"devices":17,
             "topDevices":{"meter-1":1000,"meter-2":206},"wouldFail":{"undecodable":4},"olderThanDelivered":12,"notKnownIfOlder":2}}
            """;

    private final StubRelay relay = new StubRelay();

    @AfterEach
    void stop() {
        relay.close();
    }

    private ClientRun redrive(ClientRun.Place place, String... more) {
        List<String> all = new java.util.ArrayList<>(List.of("deadletters", "redrive", "--url", relay.url()));
        all.addAll(List.of(more));
        return place.run(all.toArray(String[]::new));
    }

    private static String state(String state, int delivered, int remaining, String more) {
        return "{\"id\":\"r-1\",\"state\":\"" + state + "\",\"found\":1204,\"sent\":9,\"delivered\":" + delivered
                + ",\"elsewhere\":0,\"inFlight\":0,\"remaining\":" + remaining + more + "}";
    }

    @Test
    void aDryRunSendsNothing() {
        relay.on(REDRIVE, 200, TRIED);

        ClientRun run = redrive(
                ClientRun.Place.quiet(),
                "--dry-run",
                "--reason=device-rejected",
                "--device=meter-1",
                "--only-if-nothing-newer",
                "--per-second=20",
                "--most=5000");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("""
                        found              1,206
                        already redriven   3
                        too often before   1
                        without an origin  1
                        would fail today   undecodable 4
                        would overwrite    12 newer values in the device shadow; not known of 2
                        devices            17
                                           meter-1  1,000
                                           meter-2  206
                        """);
        assertThat(relay.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.type()).isEqualTo("application/json");
            assertThat(Json.read(asked.body())).isEqualTo(Json.read("""
                                    {"reason":"device-rejected","device":"meter-1","to":"2026-12-01T03:00:00Z","onlyIfNothingNewer":true,
                                     "perSecond":20,"most":5000,"dryRun":true}
                                    """));
        });
    }

    /** The relay sends all letters only to those who say so. */
    @Test
    void whoNamesNoLettersMeansAllOfThem() {
        relay.on(REDRIVE, 200, TRIED).on(REDRIVE, 202, STARTED).on(PROGRESS, 200, state("done", 1204, 0, ""));
        ClientRun unused = redrive(ClientRun.Place.quiet(), "--yes");
        assertThat(relay.asked().get(0).body()).contains("\"all\":true");
        assertThat(relay.asked().get(1).body()).contains("\"all\":true");

        for (String filter : List.of(
                "--reason=x",
                "--route=x",
                "--device=x",
                "--from=2026-12-01T00:00:00Z",
                "--to=2026-12-01T00:00:00Z",
                "--positions=x-0-1")) {
            ClientRun unusedToo = redrive(ClientRun.Place.quiet(), "--dry-run", filter);
            assertThat(relay.asked().getLast().body()).as(filter).doesNotContain("\"all\"");
        }
    }

    /** What is confirmed is what was shown: both orders end at the same moment. */
    @ParameterizedTest
    @ValueSource(strings = {"1204\n", "1,204\n", " 1204 \n"})
    void whoTypesTheNumberSendsThem(String typed) {
        relay.on(REDRIVE, 200, TRIED).on(REDRIVE, 202, STARTED).on(PROGRESS, 200, state("sending", 600, 604, ""));
        relay.on(PROGRESS, 200, state("done", 1204, 0, ",\"rejected\":{},\"skipped\":{}"));

        ClientRun run = redrive(ClientRun.Place.terminal(80).typing(typed), "--route", "meters");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .contains("redrive 1,204 records of 17 devices? type the number: ")
                .contains("600 of 1,204");
        assertThat(run.out()).contains("state         done").contains("delivered     1,204");
        assertThat(relay.asked().get(1).body())
                .isEqualTo(relay.asked().get(0).body().replace("\"dryRun\":true", "\"dryRun\":false"));
        assertThat(run.farewells())
                .singleElement()
                .asString()
                .contains("Redrive r-1 goes on")
                .contains("--cancel r-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "y\n", "yes\n", "1206\n", "12\n", "1204 \0\n"})
    void whoTypesSomethingElseSendsNothing(String typed) {
        relay.on(REDRIVE, 200, TRIED);

        ClientRun run = redrive(ClientRun.Place.terminal(80).typing(typed));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("Nothing was sent");
        assertThat(relay.requests()).containsExactly(REDRIVE);
    }

    @Test
    void whereNobodyCanBeAskedNothingIsSent() {
        relay.on(REDRIVE, 200, TRIED);

        ClientRun run = redrive(ClientRun.Place.quiet().typing("1204\n"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--yes");
        assertThat(relay.requests()).containsExactly(REDRIVE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "done      | ,\"rejected\":{},\"skipped\":{}                 | 0",
                "done      | ,\"rejected\":{\"undecodable\":1}               | 1",
                "done      | ,\"skipped\":{\"gone\":1}                       | 1",
                "cancelled | ,\"rejected\":{}                                | 1",
                "failed    | ,\"trouble\":\"Kafka does not answer\"          | 1"
            })
    void endsAsTheRedriveDid(String state, String more, int code) {
        relay.on(REDRIVE, 200, TRIED).on(REDRIVE, 202, STARTED).on(PROGRESS, 200, state(state, 9, 0, more));

        ClientRun run = redrive(ClientRun.Place.quiet(), "--yes");

        assertThat(run.exitCode()).isEqualTo(code);
    }

    @Test
    void jsonIsTheLastAnswerAlone() {
        String last = state("done", 1204, 0, ",\"elsewhere\":2");
        relay.on(REDRIVE, 200, TRIED).on(REDRIVE, 202, STARTED);
        relay.on(PROGRESS, 200, state("collecting", 0, 0, "")).on(PROGRESS, 200, last);

        ClientRun run = redrive(ClientRun.Place.quiet(), "--yes", "--json");

        assertThat(run.out()).isEqualTo(last + "\n");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(redrive(ClientRun.Place.quiet(), "--json").exitCode()).isEqualTo(2);
    }

    @Test
    void nothingToSendIsNotAsked() {
        relay.on(REDRIVE, 200, "{\"dryRun\":true,\"result\":{\"found\":0,\"complete\":true}}");

        ClientRun run = redrive(ClientRun.Place.terminal(80), "--positions=iotda-relay.dlt-0-1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("There is nothing to send.").contains("would fail today   -");
        assertThat(relay.requests()).containsExactly(REDRIVE);
    }

    @Test
    void aRelayThatIsAwayForAWhileIsWaitedFor() {
        relay.on(REDRIVE, 200, TRIED)
                .on(REDRIVE, 202, STARTED)
                .on(PROGRESS, 503, "{}")
                .on(PROGRESS, 500, "");
        relay.on(PROGRESS, 200, state("done", 1204, 0, ""));

        assertThat(redrive(ClientRun.Place.quiet(), "--yes").exitCode()).isZero();
    }

    @Test
    void aRelayThatStaysAwaySaysHowToGoOn() {
        relay.on(REDRIVE, 200, TRIED).on(REDRIVE, 202, STARTED).on(PROGRESS, 503, "{}");

        ClientRun run = redrive(ClientRun.Place.quiet(), "--yes");

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("--follow r-1").contains("--cancel r-1");
    }

    @Test
    void anotherInstanceDoesNotKnowIt() {
        relay.on(PROGRESS, 404, "{\"error\":\"this instance has no such redrive, or has forgotten it\"}");

        ClientRun run = redrive(ClientRun.Place.quiet(), "--follow", "r-1");

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("has no such redrive");
    }

    @Test
    void oneThatRunsAlreadyIsNamed() {
        relay.on(REDRIVE, 200, TRIED).on(REDRIVE, 409, "{\"error\":\"redrive r-0 is running on this instance\"}");

        ClientRun run = redrive(ClientRun.Place.quiet(), "--yes");

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("redrive r-0 is running");
    }

    @Test
    void cancels() {
        relay.on("POST /actuator/deadletters/cancel", 200, "{\"state\":\"cancelled\",\"id\":\"r-1\"}");

        ClientRun run = redrive(ClientRun.Place.quiet(), "--cancel", "r-1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("Redrive r-1: cancelled\n");
        assertThat(relay.asked().getFirst().body()).isEqualTo("{\"id\":\"r-1\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"result\":{}}", "{\"result\":{\"found\":\"many\"}}"})
    void aDryRunOfAnotherShapeSendsNothing(String answer) {
        relay.on(REDRIVE, 200, answer);

        assertThat(redrive(ClientRun.Place.quiet(), "--yes").exitCode()).isEqualTo(6);
        assertThat(relay.requests()).containsExactly(REDRIVE);
    }

    @Test
    void idsThatDriveTheTerminalDoNot() {
        relay.on(REDRIVE, 200, TRIED.replace("meter-1", "\\u001b[2J")).on(REDRIVE, 202, "{\"id\":\"\\u001b[2J\"}");

        ClientRun run = redrive(ClientRun.Place.quiet(), "--yes");

        assertThat(run.out() + run.err()).doesNotContain("\033");
    }
}
