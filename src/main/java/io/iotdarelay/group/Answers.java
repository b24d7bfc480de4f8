package io.iotdarelay.group;

import java.util.List;
import java.util.Map;

/**
 * What the other instances answered.
 *
 * @param asked whether there was anybody to ask
 */
public record Answers(boolean asked, List<Answered> answered, List<Silent> silent) {

    /** Nobody was asked. */
    public static final Answers NONE = new Answers(false, List.of(), List.of());

    public Answers {
        answered = List.copyOf(answered);
        silent = List.copyOf(silent);
    }

    /**
     * An instance answered.
     *
     * @param instance its name, or its address if it tells none
     * @param body a JSON object
     */
    public record Answered(String instance, int status, Map<String, Object> body) {}

    /**
     * An instance did not answer.
     *
     * @param instance its address
     */
    public record Silent(String instance, String why) {}
}
