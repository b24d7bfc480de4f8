package io.iotdarelay.client;

import tools.jackson.databind.JsonNode;

/** What came of a request. */
sealed interface Answer {

    /**
     * JSON with a status of success.
     *
     * @param text the same as it came
     */
    record Given(int status, JsonNode json, String text) implements Answer {}

    /** The relay refuses. */
    record Refused(int status, String why) implements Answer {

        private static final int UNAUTHORIZED = 401;
        private static final int FORBIDDEN = 403;

        boolean isAboutCredentials() {
            return status == UNAUTHORIZED || status == FORBIDDEN;
        }
    }

    /** Nobody answered. */
    record Silent(String why) implements Answer {}

    /** Somebody answered, but not as a relay does. */
    record Strange(String why) implements Answer {}
}
