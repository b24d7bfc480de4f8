import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * As much of a Kafka broker as the relay needs to open its clients, which it does only if a broker responds: it returns the
 * supported versions, no brokers and no topics. On any other request it closes the connection, and the client retries.
 */
final class TrainingBroker {

    private static final int METADATA = 3;
    private static final int FIND_COORDINATOR = 10;
    private static final int API_VERSIONS = 18;
    private static final int INIT_PRODUCER_ID = 22;
    private static final int UNSUPPORTED_VERSION = 35;

    private final ServerSocket server;

    private TrainingBroker(ServerSocket server) {
        this.server = server;
    }

    /** Listens on a port of this machine. */
    static TrainingBroker start() throws IOException {
        TrainingBroker broker = new TrainingBroker(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(broker::accept);
        return broker;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                System.out.println("the broker: " + e);
            }
        }
    }

    private static void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            while (true) {
                DataInputStream request = new DataInputStream(
                        new java.io.ByteArrayInputStream(in.readNBytes(in.readInt())));
                int api = request.readShort();
                int version = request.readShort();
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                DataOutputStream answer = new DataOutputStream(bytes);
                answer.writeInt(request.readInt());
                switch (api) {
                    case API_VERSIONS -> versions(answer, version);
                    case METADATA -> metadata(answer);
                    default -> {
                        return;
                    }
                }
                out.writeInt(bytes.size());
                bytes.writeTo(out);
                out.flush();
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    /** In version 0, whatever was asked: a client that asked in a newer one asks again. */
    private static void versions(DataOutputStream answer, int version) throws IOException {
        answer.writeShort(version == 0 ? 0 : UNSUPPORTED_VERSION);
        int[][] known = {{METADATA, 4, 4}, {FIND_COORDINATOR, 0, 3}, {API_VERSIONS, 0, 0}, {INIT_PRODUCER_ID, 0, 1}};
        answer.writeInt(known.length);
        for (int[] each : known) {
            for (int number : each) {
                answer.writeShort(number);
            }
        }
    }

    /** In version 4. */
    private static void metadata(DataOutputStream answer) throws IOException {
        answer.writeInt(0); // not throttled
        answer.writeInt(0); // no brokers
        answer.writeShort(-1); // no name of the cluster
        answer.writeInt(-1); // no controller
        answer.writeInt(0); // no topics
    }
}
