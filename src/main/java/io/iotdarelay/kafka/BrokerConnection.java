package io.iotdarelay.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * One connection to one broker, made as Kafka's clients make theirs: TLS, authentication, versions. Unlike a client it stays
 * with the given broker, so that it learns the advertised addresses even if none of them can be reached; it limits the size
 * of a response; and it throws failures instead of logging them.
 */
final class BrokerConnection implements AutoCloseable {

    /*
     * No public client can do this: each of them goes over to the advertised addresses with its second request and keeps the reason
     * to itself if they cannot be reached. NetworkClient is what they all are made of; Kafka's own tools use it like this.
     */

    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;
    private static final int SYSTEM_DEFAULT = -1;
    private static final long BACKOFF_MILLIS = 50;

    private final Time time = Time.SYSTEM;
    private final Metrics metrics = new Metrics();
    private final Node node;
    private final Duration patience;
    private final NetworkClient client;

    /**
     * A connection that is not open yet.
     *
     * @param address one of the node's; its host name is verified, where TLS verifies it
     */
    BrokerConnection(Map<String, Object> configuration, Node node, InetAddress address, Duration patience) {
        this.node = node;
        this.patience = patience;
        LogContext log = new LogContext();
        int millis = (int) patience.toMillis();
        Selector selector = new Selector(
                LARGEST_ANSWER,
                patience.multipliedBy(2).toMillis(),
                metrics,
                time,
                "relay-check",
                Map.of(),
                false,
                ClientUtils.createChannelBuilder(new AdminClientConfig(configuration), time, log),
                log);
        this.client = new NetworkClient(
                new ManualMetadataUpdater(),
                null,
                selector,
                "relay-check",
                1,
                BACKOFF_MILLIS,
                BACKOFF_MILLIS,
                SYSTEM_DEFAULT,
                SYSTEM_DEFAULT,
                millis,
                millis,
                millis,
                time,
                true,
                new ApiVersions(),
                null,
                log,
                host -> new InetAddress[] {address},
                null,
                Long.MAX_VALUE,
                MetadataRecoveryStrategy.NONE);
    }

    /**
     * Opens it: connection, TLS, authentication.
     *
     * @throws AuthenticationException if TLS or SASL fail
     * @throws IOException if the connection fails otherwise
     */
    void open() throws IOException {
        if (!NetworkClientUtils.awaitReady(client, node, time, patience.toMillis())) {
            throw new IOException("no answer within " + patience.toSeconds() + " s");
        }
    }

    /** Asks for the brokers of the cluster, as they are advertised where this connection leads. No permission is needed. */
    List<Node> brokers() throws IOException {
        ClientResponse response = NetworkClientUtils.sendAndReceive(
                client,
                client.newClientRequest(
                        node.idString(), new MetadataRequest.Builder(List.of(), false), time.milliseconds(), true),
                time);
        return List.copyOf(((MetadataResponse) response.responseBody()).brokers());
    }

    @Override
    public void close() {
        client.close();
        metrics.close();
    }
}
