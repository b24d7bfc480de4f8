package io.iotdarelay.client;

import tools.jackson.databind.JsonNode;

/** What came of a request. */
sealed interface Answer {

    /**
     * JSON with a status of success; of health also 503.
     *
     * @param text the same as it came
     */
    record Given(int status, JsonNode json, String text) implements Answer {}

    /**
     * The relay refuses.
     *
     * @param named whether it said why; 404 without a reason means that there is no such endpoint
     */
    record Refused(int status, String why, boolean named) implements Answer {

        private static final int UNAUTHORIZED = 401;
        private static final int FORBIDDEN = 403;
        private static final int NOT_FOUND = 404;

        boolean isAboutCredentials() {
            return status == UNAUTHORIZED || status == FORBIDDEN;
        }

        /** Whether the relay has no such endpoint. */
        boolean isAbsent() {
            return status == NOT_FOUND && !named;
        }
    }

    /** Nobody answered. */
    record Silent(String why) implements Answer {}

    /** Somebody answered, but not as a relay does. */
    record Strange(String why) implements Answer {}
}
