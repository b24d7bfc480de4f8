package io.iotdarelay.operate;

import io.iotdarelay.group.Answers;
import io.iotdarelay.group.Answers.Answered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Puts together what the instances know of devices. */
final class DeviceAnswers {

    private static final int OK = 200;
    private static final int TIMED_OUT = 504;
    private static final int MOST_LETTERS = 3;
    private static final String DEVICE = "deviceId";
    private static final String DEVICES = "devices";
    private static final String LAST_REQUEST = "lastRequest";
    private static final String LAST_SUCCESS = "lastSuccess";
    private static final String DEAD_LETTERS = "deadLetters";
    private static final String HOLDS_UP = "holdsUp";
    private static final String INSTANCE = "instance";
    private static final String AT = "at";

    private DeviceAnswers() {}

    /** What an instance says. */
    private record Said(String instance, Map<String, Object> body) {}

    /** Of the instance that has the device's lane, or knows most of it; with what others have seen later. */
    static WebEndpointResponse<Object> one(WebEndpointResponse<Object> own, Answers answers, String self) {
        if (!answers.asked() || own.getStatus() != OK) {
            return own;
        }
        Map<String, Object> mine = Given.object(own.getBody());
        List<Said> all = new ArrayList<>(List.of(new Said(self, mine)));
        List<Answers.Silent> strange = new ArrayList<>();
        for (Answered answer : answers.answered()) {
            if (answer.status() == OK
                    && Given.text(answer.body(), DEVICE).equals(Given.text(mine, DEVICE))
                    && answer.body().get("explanation") instanceof List) {
                all.add(new Said(answer.instance(), answer.body()));
            } else {
                strange.add(WholeGroup.strange(answer));
            }
        }
        Said best = all.stream()
                .max(Comparator.<Said>comparingInt(said -> knowledge(said.body()))
                        .thenComparing(said -> Given.text(Given.object(said.body(), LAST_REQUEST), AT))
                        .thenComparing(said -> said.instance().equals(self)))
                .orElse(all.getFirst());
        Map<String, Object> shown = new LinkedHashMap<>(best.body());
        shown.put(INSTANCE, best.instance());
        all.stream()
                .filter(said -> !Given.object(said.body(), LAST_REQUEST).isEmpty())
                .max(Comparator.comparing(said -> Given.text(Given.object(said.body(), LAST_REQUEST), AT)))
                .ifPresent(said -> shown.put(LAST_REQUEST, Given.object(said.body(), LAST_REQUEST)));
        all.stream()
                .map(said -> Given.text(said.body(), LAST_SUCCESS))
                .max(Comparator.naturalOrder())
                .filter(at -> !at.isEmpty())
                .ifPresent(at -> shown.put(LAST_SUCCESS, at));
        shown.put(
                DEAD_LETTERS,
                all.stream()
                        .flatMap(said -> Given.objects(said.body(), DEAD_LETTERS).stream())
                        .sorted(Comparator.comparing((Map<String, Object> letter) -> Given.text(letter, AT))
                                .reversed())
                        .limit(MOST_LETTERS)
                        .toList());
        shown.put(
                HOLDS_UP,
                all.stream()
                        .flatMap(said -> Given.objects(said.body(), HOLDS_UP).stream())
                        .toList());
        shown.put("silent", WholeGroup.silent(answers, strange));
        return new WebEndpointResponse<>(shown);
    }

    private static int knowledge(Map<String, Object> body) {
        Map<String, Object> lane = Given.object(body, "lane");
        boolean has = Given.whole(lane, "waiting") + Given.whole(lane, "inFlight") > 0
                || !Given.objects(body, HOLDS_UP).isEmpty();
        return (has ? 8 : 0)
                + (body.containsKey("quarantine") ? 4 : 0)
                + (body.containsKey("token") ? 2 : 0)
                + (body.containsKey(LAST_REQUEST)
                                || !Given.objects(body, DEAD_LETTERS).isEmpty()
                        ? 1
                        : 0);
    }

    /** All in the order of their IDs: each instance has told those that come next. */
    static WebEndpointResponse<Object> page(WebEndpointResponse<Object> own, Answers answers, int most) {
        if (!answers.asked() || own.getStatus() != OK) {
            return own;
        }
        Map<String, Object> mine = Given.object(own.getBody());
        List<Map<String, Object>> pages = new ArrayList<>(List.of(mine));
        List<Answers.Silent> strange = new ArrayList<>();
        for (Answered answer : answers.answered()) {
            if (answer.status() == OK && answer.body().get(DEVICES) instanceof List) {
                pages.add(answer.body());
            } else {
                strange.add(WholeGroup.strange(answer));
            }
        }
        Map<String, Map<String, Object>> devices = new TreeMap<>();
        pages.stream()
                .flatMap(page -> Given.objects(page, DEVICES).stream())
                .filter(device -> device.containsKey(DEVICE))
                .forEach(device -> devices.putIfAbsent(Given.text(device, DEVICE), device));
        List<Map<String, Object>> listed = devices.values().stream().limit(most).toList();
        Map<String, Object> shown = new LinkedHashMap<>(mine);
        shown.put(DEVICES, listed);
        shown.remove("next");
        if (listed.size() == most) {
            shown.put("next", Given.text(listed.getLast(), DEVICE));
        }
        shown.put("silent", WholeGroup.silent(answers, strange));
        return new WebEndpointResponse<>(shown);
    }

    /** All that are set aside, the first of them listed. */
    static Map<String, Object> quarantine(long count, List<Map<String, Object>> own, Answers answers, int most) {
        List<Answers.Silent> strange = new ArrayList<>();
        long all = count;
        Map<String, Map<String, Object>> devices = new TreeMap<>();
        own.forEach(device -> devices.put(Given.text(device, DEVICE), device));
        for (Answered answer : answers.answered()) {
            if (answer.status() == OK && answer.body().get(DEVICES) instanceof List) {
                all += Given.whole(answer.body(), "count");
                Given.objects(answer.body(), DEVICES)
                        .forEach(device -> devices.putIfAbsent(Given.text(device, DEVICE), device));
            } else {
                strange.add(WholeGroup.strange(answer));
            }
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("count", all);
        shown.put(DEVICES, devices.values().stream().limit(most).toList());
        shown.put("silent", WholeGroup.silent(answers, strange));
        return shown;
    }

    /** It is done if it is done somewhere; all say what they did. */
    static WebEndpointResponse<Object> done(WebEndpointResponse<Object> own, Answers answers, String self) {
        if (!answers.asked()) {
            return own;
        }
        Optional<Answered> there = own.getStatus() == OK
                ? Optional.empty()
                : answers.answered().stream()
                        .filter(answer -> answer.status() == OK || answer.status() == TIMED_OUT)
                        .min(Comparator.comparingInt(Answered::status));
        Map<String, Object> shown =
                there.map(answer -> Given.object(answer.body())).orElseGet(() -> Given.object(own.getBody()));
        shown.put("instances", WholeGroup.did(self, own, answers));
        shown.put("silent", WholeGroup.silent(answers, List.of()));
        return new WebEndpointResponse<>(shown, there.map(Answered::status).orElse(own.getStatus()));
    }
}
