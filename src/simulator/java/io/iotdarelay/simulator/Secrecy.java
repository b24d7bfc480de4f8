package io.iotdarelay.simulator;

import tools.jackson.databind.node.ObjectNode;

/** Whether a description of a device has its secrets; whether all users see them is not published. */
public enum Secrecy {
    SHOWN,
    MASKED,
    ABSENT;

    void put(ObjectNode authentication, String field, String secret) {
        if (this != ABSENT && !secret.isEmpty()) {
            authentication.put(field, this == MASKED ? "*".repeat(secret.length()) : secret);
        }
    }
}
