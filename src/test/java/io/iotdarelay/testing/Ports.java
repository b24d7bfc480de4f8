package io.iotdarelay.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports for servers that stop and come back. They lie below those that the system gives to outgoing connections: while a
 * server is away, one of its clients could be given the very port that it tries to connect to, and would then talk to itself. None is given
 * twice, for classes run beside each other, and each is free on every address, for a relay listens on all of them.
 */
public final class Ports {

    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 1000;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket loopback = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            loopback.close();
            try (ServerSocket everywhere = new ServerSocket(port, 1)) {
                return everywhere.isBound();
            }
        } catch (IOException taken) {
            return false;
        }
    }
}
