package io.iotdarelay.group;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the other instances are asked.
 *
 * @param pathAndQuery as in the first line of the request; it has to say that only the instance itself is asked
 * @param authorization the header with the credentials
 * @param body JSON; empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
public record Question(String method, String pathAndQuery, Optional<String> authorization, byte[] body) {

    /** A body. */
    public static byte[] json(Map<String, ?> body) {
        return JsonMapper.shared().writeValueAsBytes(body);
    }

    @Override
    public String toString() {
        return "Question[" + method + " " + pathAndQuery + "]";
    }
}
