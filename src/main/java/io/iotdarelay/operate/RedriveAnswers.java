package io.iotdarelay.operate;

import io.iotdarelay.group.Answers;
import io.iotdarelay.group.Answers.Answered;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Puts together what the instances tell of redrives: each has redrives of its own, with the letters of its own partitions. */
final class RedriveAnswers {

    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final String REDRIVES = "redrives";
    private static final String ID = "id";

    private RedriveAnswers() {}

    /** Of all instances, the newest first; of one that several tell of, what is furthest. */
    static Map<String, Object> all(List<Map<String, Object>> own, Answers answers) {
        if (!answers.asked()) {
            return Map.of(REDRIVES, own);
        }
        Map<String, Map<String, Object>> redrives = new LinkedHashMap<>();
        Stream.concat(
                        own.stream(),
                        answers.answered().stream()
                                .filter(answer -> answer.status() == OK)
                                .flatMap(answer -> Given.objects(answer.body(), REDRIVES).stream()))
                .forEach(each -> redrives.merge(
                        Given.text(each, ID), each, (one, other) -> ended(other) > ended(one) ? other : one));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put(
                REDRIVES,
                redrives.values().stream()
                        .sorted(Comparator.comparing((Map<String, Object> each) -> Given.text(each, "begin"))
                                .reversed())
                        .toList());
        shown.put("silent", WholeGroup.silent(answers, strange(answers)));
        return shown;
    }

    private static long ended(Map<String, Object> redrive) {
        return Given.whole(redrive, "delivered") + Given.total(redrive, "rejected") + Given.total(redrive, "skipped");
    }

    /** The one that this instance does not know. */
    static WebEndpointResponse<Object> one(WebEndpointResponse<Object> own, Answers answers) {
        return answers.answered().stream()
                .filter(answer -> answer.status() == OK && answer.body().containsKey(ID))
                .findFirst()
                .map(answer -> new WebEndpointResponse<Object>(answer.body()))
                .orElse(own);
    }

    /** What each began or ended. */
    static WebEndpointResponse<Object> begun(WebEndpointResponse<Object> own, Answers answers, String self) {
        if (!answers.asked()) {
            return own;
        }
        boolean here = own.getStatus() == OK || own.getStatus() == ACCEPTED;
        Map<String, Object> shown = Given.object(own.getBody());
        int status = own.getStatus();
        for (Answered answer : answers.answered()) {
            if (!here && answer.status() == OK) {
                shown = Given.object(answer.body());
                status = OK;
            }
        }
        shown.put("instances", WholeGroup.did(self, own, answers));
        shown.put("silent", WholeGroup.silent(answers, List.of()));
        return new WebEndpointResponse<>(shown, status);
    }

    private static List<Answers.Silent> strange(Answers answers) {
        return answers.answered().stream()
                .filter(answer -> answer.status() != OK)
                .map(WholeGroup::strange)
                .toList();
    }
}
