package io.iotdarelay.egress;

import io.netty.handler.codec.CodecException;
import io.netty.handler.proxy.ProxyConnectException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What it means that a proxy made no connection. It is an outage, except where only another configuration, here or at the proxy, helps. No
 * device is at fault.
 *
 * @param proxy the proxy
 * @param server the platform's host
 */
record ProxyFailures(ProxyProperties proxy, String server) {

    /*
     * Netty says what happened in the message of its exception, after what it had been asked: "http, basic, proxy => server, ".
     * Nothing else that the proxy said is repeated.
     */
    private static final Pattern ASKED = Pattern.compile("^.*? => [^,]*, ", Pattern.DOTALL);

    private static final Pattern HTTP_STATUS = Pattern.compile("^status: (\\d{3})\\b.*", Pattern.DOTALL);
    private static final Pattern SOCKS_STATUS = Pattern.compile("^status: ([A-Z_]+)\\b.*", Pattern.DOTALL);

    /** No proxy for the relay, or its rules are against it. */
    private static final Set<Integer> FORBIDDEN = Set.of(400, 403, 405, 501);

    private static final Set<String> SOCKS_FORBIDDEN =
            Set.of("FORBIDDEN", "COMMAND_UNSUPPORTED", "ADDRESS_UNSUPPORTED");

    /** Of two proxies, one answers 407 to credentials that are wrong, the other 401. */
    private static final Set<Integer> UNAUTHENTICATED = Set.of(401, 407);

    /** Netty's status for what is no HTTP. */
    private static final int GARBLED = 999;

    NetworkTrouble classify(ProxyConnectException failure) {
        String said = ASKED.matcher(String.valueOf(failure.getMessage())).replaceFirst("");
        Matcher http = HTTP_STATUS.matcher(said);
        if (http.matches()) {
            return http(Integer.parseInt(http.group(1)));
        }
        Matcher socks = SOCKS_STATUS.matcher(said);
        if (socks.matches()) {
            return socks(socks.group(1));
        }
        if (said.startsWith("authStatus: ") || said.startsWith("unexpected authMethod: ")) {
            return unauthenticated("");
        }
        if (failure.getCause() instanceof CodecException) {
            return garbled();
        }
        return outage(
                said.equals("timeout")
                        ? " did not connect to " + server + " in time"
                        : " closed the connection before it was connected to " + server);
    }

    private NetworkTrouble http(int status) {
        if (UNAUTHENTICATED.contains(status)) {
            return unauthenticated(" (HTTP " + status + ")");
        }
        if (status == GARBLED) {
            return garbled();
        }
        return FORBIDDEN.contains(status)
                ? misconfigured(" does not let the relay connect to " + server + " (HTTP " + status + ")")
                : outage(" cannot connect to " + server + " (HTTP " + status + ")");
    }

    private NetworkTrouble socks(String status) {
        String plainly = status.toLowerCase(Locale.ROOT).replace('_', ' ');
        return SOCKS_FORBIDDEN.contains(status)
                ? misconfigured(" does not let the relay connect to " + server + " (" + plainly + ")")
                : outage(" cannot connect to " + server + " (" + plainly + ")");
    }

    private NetworkTrouble unauthenticated(String code) {
        return misconfigured(
                (proxy.hasCredentials() ? " refuses the relay's credentials" : " asks for credentials") + code);
    }

    private NetworkTrouble garbled() {
        return misconfigured(" does not speak " + proxy.type());
    }

    private NetworkTrouble misconfigured(String what) {
        return new NetworkTrouble(proxy.name() + what, true);
    }

    private NetworkTrouble outage(String what) {
        return new NetworkTrouble(proxy.name() + what, false);
    }
}
