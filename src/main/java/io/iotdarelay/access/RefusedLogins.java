package io.iotdarelay.access;

import io.iotdarelay.metrics.AccessMeters;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.springframework.web.server.ServerWebExchange;

/** Counts and logs what was refused. Nobody guesses a signature, so nobody has to wait; but the log is not filled. */
final class RefusedLogins {

    private static final int LOGGED_AT_ONCE = 5;

    private final Logger log;
    private final String message;
    private final DecayingCounts logged;
    private final AccessMeters meters;

    /**
     * Nothing was refused yet.
     *
     * @param message what is logged each time
     */
    RefusedLogins(Logger log, String message, LongSupplier nanoTime, AccessMeters meters) {
        this.log = log;
        this.message = message;
        this.logged = new DecayingCounts(nanoTime, 1);
        this.meters = meters;
    }

    void add(ServerWebExchange exchange, String why) {
        meters.loginRefused();
        String network = Clients.network(Clients.address(exchange));
        if (logged.of(network) < LOGGED_AT_ONCE) {
            logged.add(network);
            log.atWarn()
                    .addKeyValue("reason", why)
                    .addKeyValue("address", Clients.address(exchange).getHostAddress())
                    .log(message);
        }
    }
}
