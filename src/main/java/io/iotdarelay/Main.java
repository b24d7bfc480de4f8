package io.iotdarelay;

import io.iotdarelay.client.ClientVerbs;

/**
 * Where the process begins. A verb that asks a running relay must not wait for the classes of the service, which the main class of the
 * service has in its signatures.
 */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        if (ClientVerbs.isOne(args)) {
            ClientStart.run(args);
        } else {
            RelayApplication.main(args);
        }
    }
}
