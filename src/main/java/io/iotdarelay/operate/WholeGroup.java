package io.iotdarelay.operate;

import io.iotdarelay.group.Answers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Puts together what the instances answer to {@code GET /actuator/relay}: in the shape of one instance, with sums and unions. */
final class WholeGroup {

    private static final int OK = 200;
    private static final String DEVICES = "devices";
    private static final String DIRECTORY = "directory";
    private static final String INSTANCE = "instance";
    private static final String INSTANCES = "instances";
    private static final String SILENT = "silent";
    private static final String STATE = "state";
    private static final String STUCK = "stuck";
    private static final String PARTITION = "partition";
    private static final String PARTITIONS = "partitions";
    private static final String ROUTES = "routes";
    private static final String DELIVERY = "delivery";
    private static final String DEAD_LETTERS = "deadLetters";
    private static final String TOPICS = "topics";
    private static final String RATE = "messagesPerSecond";
    /** The most telling first. */
    private static final List<String> STATES = List.of(STUCK, "paused", "flowing", "idle");

    private static final List<String> BREAKERS = List.of("open", "forced_open", "half_open", "half-open");

    private WholeGroup() {}

    /** Who is not heard: those who did not answer, and those who answer anything but what was asked. */
    static List<Map<String, Object>> silent(Answers answers, List<Answers.Silent> more) {
        return Stream.concat(answers.silent().stream(), more.stream())
                .map(silent -> {
                    Map<String, Object> shown = new LinkedHashMap<>();
                    shown.put(INSTANCE, silent.instance());
                    shown.put("why", silent.why());
                    return shown;
                })
                .toList();
    }

    /** Who answers anything but what was asked. */
    static Answers.Silent strange(Answers.Answered answer) {
        return new Answers.Silent(
                answer.instance(),
                answer.status() == OK
                        ? "it answers something else"
                        : "it answers " + answer.status() + ": " + Given.text(answer.body(), "error"));
    }

    /** What each instance did, this one first. */
    static List<Map<String, Object>> did(String self, WebEndpointResponse<Object> own, Answers answers) {
        List<Map<String, Object>> instances = new ArrayList<>(List.of(did(self, own.getStatus(), own.getBody())));
        answers.answered().forEach(answer -> instances.add(did(answer.instance(), answer.status(), answer.body())));
        return instances;
    }

    private static Map<String, Object> did(String instance, int status, @Nullable Object body) {
        Map<String, Object> did = new LinkedHashMap<>();
        did.put(INSTANCE, instance);
        did.put("status", status);
        for (String field : List.of("id", STATE, "error")) {
            String text = Given.text(Given.object(body), field);
            if (!text.isEmpty()) {
                did.put(field, text);
            }
        }
        return did;
    }

    /** The own answer alone if nobody else was asked. */
    static Map<String, Object> relay(Map<String, Object> own, Answers answers) {
        if (!answers.asked()) {
            return own;
        }
        List<Map<String, Object>> all = new ArrayList<>(List.of(own));
        List<Answers.Silent> strange = new ArrayList<>();
        for (Answers.Answered answer : answers.answered()) {
            Map<String, Object> body = answer.body();
            if (answer.status() == OK
                    && body.get(INSTANCE) instanceof Map
                    && body.get(PARTITIONS) instanceof List
                    && body.get(ROUTES) instanceof Map) {
                all.add(body);
            } else {
                strange.add(strange(answer));
            }
        }
        Map<String, Object> shown = new LinkedHashMap<>(own);
        shown.put(STATE, state(all));
        shown.put(STUCK, stuck(all));
        shown.put(
                "pauses",
                all.stream()
                        .flatMap(each -> Given.texts(each, "pauses").stream())
                        .distinct()
                        .toList());
        shown.put(ROUTES, sums(all, ROUTES));
        shown.put(PARTITIONS, partitions(all));
        shown.put(DELIVERY, delivery(all));
        shown.put(DEAD_LETTERS, deadLetters(all));
        shown.put(DEVICES, devices(all));
        shown.put(INSTANCES, all.stream().map(WholeGroup::instance).toList());
        shown.put(SILENT, silent(answers, strange));
        return shown;
    }

    private static String state(List<Map<String, Object>> all) {
        return STATES.stream()
                .filter(state ->
                        all.stream().anyMatch(each -> Given.text(each, STATE).equals(state)))
                .findFirst()
                .orElse("idle");
    }

    private static String name(Map<String, Object> answer) {
        return Given.text(Given.object(answer, INSTANCE), "name");
    }

    /** What is the same at several instances is told once, with all of them. */
    private static List<Map<String, Object>> stuck(List<Map<String, Object>> all) {
        Map<List<String>, Map<String, Object>> places = new LinkedHashMap<>();
        Map<List<String>, List<String>> where = new LinkedHashMap<>();
        for (Map<String, Object> each : all) {
            for (Map<String, Object> place : Given.objects(each, STUCK)) {
                List<String> key = List.of(Given.text(place, "where"), Given.text(place, "why"));
                places.putIfAbsent(key, place);
                where.computeIfAbsent(key, ignored -> new ArrayList<>()).add(name(each));
            }
        }
        places.forEach((key, place) -> {
            Map<String, Object> shown = new LinkedHashMap<>(place);
            shown.put(INSTANCES, where.get(key));
            places.put(key, shown);
        });
        return List.copyOf(places.values());
    }

    private static Map<String, Object> sums(List<Map<String, Object>> all, String field) {
        return all.stream().map(each -> Given.object(each, field)).reduce(Map.of(), Given::sums);
    }

    /** While partitions move, two instances may name one: who has committed more has had it later. */
    private static List<Map<String, Object>> partitions(List<Map<String, Object>> all) {
        Map<String, Map<String, Object>> partitions = new LinkedHashMap<>();
        for (Map<String, Object> each : all) {
            for (Map<String, Object> partition : Given.objects(each, PARTITIONS)) {
                Map<String, Object> shown = new LinkedHashMap<>(partition);
                shown.put(INSTANCE, name(each));
                partitions.merge(
                        Given.text(partition, PARTITION),
                        shown,
                        (one, other) -> Given.whole(other, "committed") > Given.whole(one, "committed") ? other : one);
            }
        }
        return partitions.values().stream()
                .sorted(Comparator.comparing(WholeGroup::topic).thenComparingInt(WholeGroup::number))
                .toList();
    }

    private static String topic(Map<String, Object> partition) {
        String name = Given.text(partition, PARTITION);
        return name.substring(0, Math.max(0, name.lastIndexOf('-')));
    }

    private static int number(Map<String, Object> partition) {
        String name = Given.text(partition, PARTITION);
        String number = name.substring(name.lastIndexOf('-') + 1);
        return number.matches("\\d{1,9}") ? Integer.parseInt(number) : 0;
    }

    private static Map<String, Object> delivery(List<Map<String, Object>> all) {
        Map<String, Object> shown = sums(all, DELIVERY);
        boolean unlimited = all.stream()
                .anyMatch(each ->
                        Given.object(each, DELIVERY).get(RATE) instanceof Number rate && rate.doubleValue() == 0);
        if (unlimited) {
            shown.put(RATE, 0);
        }
        Map<String, Object> breakers = new TreeMap<>();
        for (Map<String, Object> each : all) {
            Given.object(Given.object(each, DELIVERY), "breakers")
                    .forEach((breaker, state) -> breakers.merge(
                            breaker, state, (one, other) -> gravity(other) < gravity(one) ? other : one));
        }
        shown.put("breakers", breakers);
        return shown;
    }

    private static int gravity(Object state) {
        int found = BREAKERS.indexOf(String.valueOf(state).toLowerCase(Locale.ROOT));
        return found < 0 ? BREAKERS.size() : found;
    }

    private static Map<String, Object> deadLetters(List<Map<String, Object>> all) {
        Map<String, Object> shown = sums(all, DEAD_LETTERS);
        Map<String, Map<String, Object>> topics = new TreeMap<>();
        all.stream()
                .flatMap(each -> Given.objects(Given.object(each, DEAD_LETTERS), TOPICS).stream())
                .forEach(topic -> topics.merge(Given.text(topic, "topic"), topic, Given::sums));
        shown.put(TOPICS, List.copyOf(topics.values()));
        return shown;
    }

    /** Each has the whole directory, and its own part of everything else. */
    private static Map<String, Object> devices(List<Map<String, Object>> all) {
        Map<String, Object> shown = sums(all, DEVICES);
        shown.put(
                DIRECTORY,
                all.stream()
                        .mapToLong(each -> Given.whole(Given.object(each, DEVICES), DIRECTORY))
                        .max()
                        .orElse(0));
        return shown;
    }

    private static Map<String, Object> instance(Map<String, Object> answer) {
        Map<String, Object> shown = new LinkedHashMap<>();
        Map<String, Object> instance = Given.object(answer, INSTANCE);
        for (String field : List.of("name", "version", "since")) {
            shown.put(field, instance.getOrDefault(field, ""));
        }
        shown.put(STATE, Given.text(answer, STATE));
        shown.put(
                PARTITIONS,
                Given.objects(answer, PARTITIONS).stream()
                        .map(partition -> Given.text(partition, PARTITION))
                        .toList());
        return shown;
    }
}
