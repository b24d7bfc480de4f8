package io.iotdarelay.pauses;

import io.iotdarelay.settings.Requirements;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What operators order, and instances share.
 *
 * @param topic a compacted topic that keeps pauses. Empty: the group's ID with {@code .desk} behind. It is created with the first pause if it is
 *     missing and the relay may; without it nothing can be paused.
 * @param peers where the instances of the group are, so that any of them answers for all: {@code dns:HOST:PORT}, a DNS name with the addresses of
 *     all of them (in Kubernetes that of a headless service), and their HTTP port. Empty: an instance answers for itself.
 * @param sslBundle the name of a {@code spring.ssl.bundle} whose trust store is used for other instances, if the port is served with TLS; their
 *     certificates have to be for the name in {@code peers}. Empty: the bundle of {@code server.ssl.bundle}, and if that has no trust store, the JVM's.
 */
@ConfigurationProperties("relay.desk")
public record DeskProperties(
        @DefaultValue("") String topic,
        @DefaultValue("") String peers,
        @DefaultValue("") String sslBundle) {

    private static final Pattern PEERS = Pattern.compile("dns:([A-Za-z0-9_]([A-Za-z0-9._-]{0,252})):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;

    public DeskProperties {
        peers = peers.strip();
        Matcher parts = PEERS.matcher(peers);
        new Requirements("relay.desk")
                .that(
                        peers.isEmpty() || (parts.matches() && isPort(Integer.parseInt(parts.group(3)))),
                        "peers",
                        "is dns:HOST:PORT, as in dns:iotda-relay-peers:8080")
                .check();
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= MAX_PORT;
    }

    /** The name in {@link #peers()}. */
    public String peerHost() {
        return part(1);
    }

    /** The port in {@link #peers()}. */
    public int peerPort() {
        return Integer.parseInt(part(3));
    }

    private String part(int group) {
        Matcher parts = PEERS.matcher(peers);
        if (!parts.matches()) {
            throw new IllegalStateException("there are no peers");
        }
        return parts.group(group);
    }
}
