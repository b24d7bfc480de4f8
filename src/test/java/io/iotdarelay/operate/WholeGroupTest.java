package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.group.Answers;
import io.iotdarelay.group.Answers.Answered;
import io.iotdarelay.group.Answers.Silent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WholeGroupTest {

    private static final String OWN = """
            {"instance": {"name": "a", "version": "1", "since": "2026-12-01T00:00:00Z"}, "state": "flowing", "stuck": [],
             "pauses": ["p"],
             "routes": {"r": {"perSecond": 1.5, "begun": 2, "rejected": {"x": 1}}},
             "partitions": [{"partition": "t-a-10", "committed": 5}, {"partition": "t-a-2"}],
             "delivery": {"breakers": {"iotda": "CLOSED"}, "requestsInFlight": 1, "requestsLimit": 10, "messagesPerSecond": 50},
             "deadLetters": {"byReason": {"x": 1}, "topics": [{"topic": "d", "written": 1, "unwritten": 0}]},
             "devices": {"directory": 10, "quarantined": 1, "tokens": 3}}
            """;
    private static final String OTHER = """
            {"instance": {"name": "b", "version": "2", "since": "2026-12-01T00:00:01Z"}, "state": "stuck",
             "stuck": [{"where": "platform", "why": "away", "runbook": "r"}], "pauses": ["p", "q"],
             "routes": {"r": {"perSecond": 2, "begun": 3, "rejected": {"x": 1, "y": 4}}, "new": {"begun": 1}},
             "partitions": [{"partition": "t-a-1"}, {"partition": "t-a-10", "committed": 7}],
             "delivery": {"breakers": {"iotda": "OPEN", "device": "CLOSED"}, "requestsInFlight": 2, "requestsLimit": 20, "messagesPerSecond": 25},
             "deadLetters": {"byReason": {"x": 1, "y": 4}, "topics": [{"topic": "d", "written": 5, "unwritten": 2, "trouble": "full"}]},
             "devices": {"directory": 11, "quarantined": 2, "tokens": 4}}
            """;

    @Test
    void whoIsAloneAnswersAsItIs() {
        Map<String, Object> own = map(OWN);

        assertThat(WholeGroup.relay(own, Answers.NONE)).isSameAs(own);
    }

    @Test
    void sumsAndUnitesInTheShapeOfOne() {
        JsonNode whole = relay(answered(OTHER));

        assertThat(whole.path("instance").path("name").asString("")).isEqualTo("a");
        assertThat(whole.path("state").asString("")).isEqualTo("stuck");
        assertThat(whole.path("stuck").toString())
                .isEqualTo("[{\"where\":\"platform\",\"why\":\"away\",\"runbook\":\"r\",\"instances\":[\"b\"]}]");
        assertThat(whole.path("pauses").toString()).isEqualTo("[\"p\",\"q\"]");
        assertThat(whole.path("routes").toString())
                .isEqualTo(
                        "{\"r\":{\"perSecond\":3.5,\"begun\":5,\"rejected\":{\"x\":2,\"y\":4}},\"new\":{\"begun\":1}}");
        assertThat(whole.path("partitions").toString())
                .isEqualTo("[{\"partition\":\"t-a-1\",\"instance\":\"b\"},{\"partition\":\"t-a-2\",\"instance\":\"a\"},"
                        + "{\"partition\":\"t-a-10\",\"committed\":7,\"instance\":\"b\"}]");
        assertThat(whole.path("delivery").toString())
                .isEqualTo("{\"breakers\":{\"device\":\"CLOSED\",\"iotda\":\"OPEN\"},\"requestsInFlight\":3,"
                        + "\"requestsLimit\":30,\"messagesPerSecond\":75}");
        assertThat(whole.path("deadLetters").toString())
                .isEqualTo("{\"byReason\":{\"x\":2,\"y\":4},"
                        + "\"topics\":[{\"topic\":\"d\",\"written\":6,\"unwritten\":2,\"trouble\":\"full\"}]}");
        assertThat(whole.path("devices").toString()).isEqualTo("{\"directory\":11,\"quarantined\":3,\"tokens\":7}");
        assertThat(whole.path("instances").toString())
                .isEqualTo(
                        "[{\"name\":\"a\",\"version\":\"1\",\"since\":\"2026-12-01T00:00:00Z\",\"state\":\"flowing\","
                                + "\"partitions\":[\"t-a-10\",\"t-a-2\"]},{\"name\":\"b\",\"version\":\"2\","
                                + "\"since\":\"2026-12-01T00:00:01Z\",\"state\":\"stuck\",\"partitions\":[\"t-a-1\",\"t-a-10\"]}]");
        assertThat(whole.path("silent")).isEmpty();
    }

    @Test
    void whatIsTheSameEverywhereIsToldOnce() {
        JsonNode whole = relay(answered(OTHER), new Answered("c", 200, map(OTHER.replace("\"b\"", "\"c\""))));

        assertThat(whole.path("stuck")).hasSize(1);
        assertThat(whole.path("stuck").get(0).path("instances").toString()).isEqualTo("[\"b\",\"c\"]");
    }

    @Test
    void noLimitOfOneIsNoLimitOfAll() {
        assertThat(relay(answered(OTHER.replace("\"messagesPerSecond\": 25", "\"messagesPerSecond\": 0")))
                        .path("delivery")
                        .path("messagesPerSecond")
                        .asInt())
                .isZero();
    }

    @Test
    void whoAnswersSomethingElseIsNamed() {
        JsonNode whole = relay(
                new Answered("odd", 200, Map.of("instance", Map.of("name", "odd"))),
                new Answered("refusing", 503, Map.of("error", "no")),
                new Answered("lying", 200, map("""
                        {"instance": {}, "state": 5, "stuck": {"a": 1}, "pauses": [1], "routes": {"r": {"begun": "many"}, "s": null},
                         "partitions": [5, {"partition": 7}, {}], "delivery": 1, "deadLetters": [], "devices": {"tokens": []}}
                        """)));

        assertThat(whole.path("silent").toString())
                .isEqualTo("[{\"instance\":\"odd\",\"why\":\"it answers something else\"},"
                        + "{\"instance\":\"refusing\",\"why\":\"it answers 503: no\"}]");
        assertThat(whole.path("routes").path("r").path("begun").asInt()).isEqualTo(2);
        assertThat(whole.path("devices").path("tokens").asInt()).isEqualTo(3);
        assertThat(whole.path("state").asString("")).isEqualTo("flowing");
    }

    @Test
    void aDeviceIsExplainedByWhoHasIt() {
        String idle =
                "{\"deviceId\": \"d\", \"state\": \"silent\", \"explanation\": [], \"lane\": {\"waiting\": 0, \"inFlight\": 0},"
                        + " \"holdsUp\": [], \"deadLetters\": [{\"at\": \"2026-12-01T02:00:00Z\"}],"
                        + " \"lastRequest\": {\"at\": \"2026-12-01T03:00:00Z\"}, \"lastSuccess\": \"2026-12-01T03:00:00Z\"}";
        String busy =
                "{\"deviceId\": \"d\", \"state\": \"waiting\", \"explanation\": [], \"lane\": {\"waiting\": 1, \"inFlight\": 0},"
                        + " \"holdsUp\": [], \"deadLetters\": [{\"at\": \"2026-12-01T02:30:00Z\"}],"
                        + " \"lastRequest\": {\"at\": \"2026-12-01T01:00:00Z\"}, \"lastSuccess\": \"2026-12-01T01:00:00Z\"}";

        for (boolean swapped : List.of(false, true)) {
            JsonNode device = json(DeviceAnswers.one(
                    new WebEndpointResponse<>(map(swapped ? busy : idle)),
                    answers(
                            new Answered("b", 200, map(swapped ? idle : busy)),
                            new Answered("other", 200, map(idle.replace("\"d\"", "\"e\"")))),
                    "a"));

            assertThat(device.path("state").asString("")).isEqualTo("waiting");
            assertThat(device.path("instance").asString("")).isEqualTo(swapped ? "a" : "b");
            assertThat(device.path("lastRequest").path("at").asString("")).isEqualTo("2026-12-01T03:00:00Z");
            assertThat(device.path("lastSuccess").asString("")).isEqualTo("2026-12-01T03:00:00Z");
            assertThat(device.path("deadLetters").get(0).path("at").asString(""))
                    .isEqualTo("2026-12-01T02:30:00Z");
            assertThat(device.path("silent").toString())
                    .isEqualTo("[{\"instance\":\"other\",\"why\":\"it answers something else\"}]");
        }
    }

    @Test
    void pagesAreMergedInTheOrderOfTheIds() {
        WebEndpointResponse<Object> own = new WebEndpointResponse<>(map(page("a", "c")));
        Answers answers = answers(new Answered("b", 200, map(page("b", "c"))));

        JsonNode two = json(DeviceAnswers.page(own, answers, 2));
        assertThat(two.path("devices").toString()).isEqualTo("[{\"deviceId\":\"a\"},{\"deviceId\":\"b\"}]");
        assertThat(two.path("next").asString("")).isEqualTo("b");

        JsonNode all = json(DeviceAnswers.page(own, answers, 10));
        assertThat(all.path("devices")).hasSize(3);
        assertThat(all.has("next")).isFalse();
    }

    @Test
    void allThatAreSetAsideAreListed() {
        Map<String, Object> all = DeviceAnswers.quarantine(
                5,
                List.of(Map.of("deviceId", "b"), Map.of("deviceId", "d")),
                answers(
                        new Answered("b", 200, map("{\"count\": 2, \"devices\": [{\"deviceId\": \"a\"}]}")),
                        new Answered("c", 200, Map.of())),
                2);

        assertThat(all.get("count")).isEqualTo(7L);
        assertThat(all.get("devices")).isEqualTo(List.of(Map.of("deviceId", "a"), Map.of("deviceId", "b")));
        assertThat(String.valueOf(all.get("silent"))).contains("c");
    }

    @Test
    void anActionIsDoneIfItIsDoneSomewhere() {
        WebEndpointResponse<Object> notHere = new WebEndpointResponse<>(Map.of("error", "not here"), 409);
        Answered done = new Answered("b", 200, Map.of("state", "lifted", "sender", "d"));
        Answered late = new Answered("c", 504, Map.of("error", "late"));

        WebEndpointResponse<Object> there = DeviceAnswers.done(notHere, answers(late, done), "a");
        assertThat(there.getStatus()).isEqualTo(200);
        assertThat(json(there).path("state").asString("")).isEqualTo("lifted");
        assertThat(json(there).path("instances")).hasSize(3);
        assertThat(DeviceAnswers.done(notHere, answers(late), "a").getStatus()).isEqualTo(504);
        WebEndpointResponse<Object> nowhere = DeviceAnswers.done(
                notHere, new Answers(true, List.of(), List.of(new Silent("10.0.0.7:8080", "no answer in 2 s"))), "a");
        assertThat(nowhere.getStatus()).isEqualTo(409);
        assertThat(json(nowhere).path("silent")).hasSize(1);
        assertThat(DeviceAnswers.done(notHere, Answers.NONE, "a")).isSameAs(notHere);
    }

    @Test
    void eachInstanceHasItsOwnRedrives() {
        Map<String, Object> mine = Map.of("id", "1", "begin", "2026-12-01T01:00:00Z", "delivered", 5);
        Map<String, Object> theirs = Map.of("id", "2", "begin", "2026-12-01T02:00:00Z");
        Answers answers = answers(
                new Answered("b", 200, Map.of("redrives", List.of(theirs, Map.of("id", "1", "delivered", 9)))),
                new Answered("c", 503, Map.of("error", "no")));

        Map<String, Object> all = RedriveAnswers.all(List.of(mine), answers);

        assertThat(all.get("redrives")).isEqualTo(List.of(theirs, Map.of("id", "1", "delivered", 9)));
        assertThat(String.valueOf(all.get("silent"))).contains("it answers 503: no");
        assertThat(RedriveAnswers.all(List.of(mine), Answers.NONE)).isEqualTo(Map.of("redrives", List.of(mine)));
    }

    /** What is counted by reason counts, too: who has rejected more is further. */
    @Test
    void ofARedriveThatSeveralTellOfTheFurthestCounts() {
        Map<String, Object> cutOff = Map.of("id", "1", "begin", "2026-12-01T01:00:00Z", "delivered", 5);
        Map<String, Object> running = Map.of(
                "id",
                "1",
                "begin",
                "2026-12-01T01:00:00Z",
                "delivered",
                5,
                "rejected",
                Map.of("device-rejected", 2),
                "skipped",
                Map.of("gone", 1));
        Answers answers = answers(new Answered("b", 200, Map.of("redrives", List.of(running))));

        assertThat(RedriveAnswers.all(List.of(cutOff), answers).get("redrives")).isEqualTo(List.of(running));
    }

    @Test
    void aRedriveBeginsEverywhere() {
        WebEndpointResponse<Object> own = new WebEndpointResponse<>(Map.of("dryRun", false, "id", "1"), 202);
        WebEndpointResponse<Object> unknown = new WebEndpointResponse<>(Map.of("error", "no such redrive"), 404);

        WebEndpointResponse<Object> begun = RedriveAnswers.begun(
                own,
                answers(
                        new Answered("b", 202, Map.of("id", "2")),
                        new Answered("c", 409, Map.of("error", "redrive 3 is running"))),
                "a");
        assertThat(begun.getStatus()).isEqualTo(202);
        assertThat(json(begun).path("id").asString("")).isEqualTo("1");
        assertThat(json(begun).path("instances").toString())
                .isEqualTo("[{\"instance\":\"a\",\"status\":202,\"id\":\"1\"},"
                        + "{\"instance\":\"b\",\"status\":202,\"id\":\"2\"},"
                        + "{\"instance\":\"c\",\"status\":409,\"error\":\"redrive 3 is running\"}]");
        Answers elsewhere = answers(new Answered("b", 200, Map.of("state", "cancelled", "id", "2")));
        assertThat(RedriveAnswers.begun(unknown, elsewhere, "a").getStatus()).isEqualTo(200);
        assertThat(json(RedriveAnswers.one(unknown, elsewhere)).path("id").asString(""))
                .isEqualTo("2");
        assertThat(RedriveAnswers.one(unknown, Answers.NONE)).isSameAs(unknown);
        assertThat(RedriveAnswers.begun(own, Answers.NONE, "a")).isSameAs(own);
    }

    private static String page(String... ids) {
        return "{\"state\": \"waiting\", \"devices\": ["
                + String.join(
                        ",",
                        List.of(ids).stream()
                                .map(id -> "{\"deviceId\": \"" + id + "\"}")
                                .toList())
                + "], \"next\": \"z\"}";
    }

    private static Answered answered(String body) {
        return new Answered("10.0.0.7:8080", 200, map(body));
    }

    private static Answers answers(Answered... answered) {
        return new Answers(true, List.of(answered), List.of());
    }

    private static JsonNode relay(Answered... answered) {
        return JsonMapper.shared().valueToTree(WholeGroup.relay(map(OWN), answers(answered)));
    }

    private static JsonNode json(WebEndpointResponse<Object> response) {
        return JsonMapper.shared().valueToTree(response.getBody());
    }

    private static Map<String, Object> map(String json) {
        return JsonMapper.shared().readValue(json, new TypeReference<>() {});
    }
}
