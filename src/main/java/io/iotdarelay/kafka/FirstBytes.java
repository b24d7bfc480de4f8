package io.iotdarelay.kafka;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Detects the protocol that is spoken at an address by the first bytes of the response. It never reads more than a few
 * bytes.
 */
final class FirstBytes {

    /*
     * A client that expects Kafka's protocol takes the first four bytes for the size of an answer, and allocates that much. A TLS
     * alert (15 03 03 00) is 352 MB, "HTTP" is 1.2 GB.
     */

    private static final short API_VERSIONS = 18;
    private static final int CORRELATION = 0x696f7461;
    private static final int HEAD = 8;
    private static final int LARGEST_ANSWER = 1024 * 1024;
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR_VERSION = 3;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private final String protocol;
    private final Duration patience;

    /**
     * Questions on behalf of a client.
     *
     * @param protocol what the client is configured to speak, for the messages
     * @param patience how long a connection or a response may take
     */
    FirstBytes(String protocol, Duration patience) {
        this.protocol = protocol;
        this.patience = patience;
    }

    /** Asks a broker for the versions it knows, in the clear. Returns what is wrong with its answer, if so. */
    Optional<Obstacle> ofKafka(InetSocketAddress address, String name) {
        return exchange(address, name, FirstBytes::askForVersions, head -> {
            if (isTls(head)) {
                return Optional.of(new Obstacle(name + " speaks TLS, but security.protocol is " + protocol, true));
            }
            int size = ByteBuffer.wrap(head).getInt();
            boolean plausible = size >= Integer.BYTES && size <= LARGEST_ANSWER;
            return plausible && ByteBuffer.wrap(head).getInt(Integer.BYTES) == CORRELATION
                    ? Optional.empty()
                    : Optional.of(new Obstacle(
                            name + " does not speak Kafka's protocol: its answer begins with " + quoted(head), true));
        });
    }

    /** Begins a TLS handshake. Returns what is wrong with the answer, if so. */
    Optional<Obstacle> ofTls(InetSocketAddress address, String name) {
        String plain = name + " does not speak TLS, but security.protocol is " + protocol;
        Optional<Obstacle> trouble = exchange(
                address,
                name,
                out -> sayHello(out, address),
                head -> isTls(head) ? Optional.empty() : Optional.of(Obstacle.of(plain)));
        // A plaintext broker interprets the handshake as a size that is too large, and disconnects.
        return trouble.map(
                found -> found.equals(closed(name)) ? Obstacle.of(plain + ": it closed the connection") : found);
    }

    private interface Question {
        void ask(OutputStream out) throws IOException;
    }

    private interface Judgement {
        Optional<Obstacle> of(byte[] head);
    }

    private Optional<Obstacle> exchange(
            InetSocketAddress address, String name, Question question, Judgement judgement) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            return answer(socket, name, question, judgement);
        } catch (SocketTimeoutException e) {
            return Optional.of(
                    Obstacle.of("cannot connect to " + name + ": no answer within " + patience.toSeconds() + " s"));
        } catch (IOException e) {
            return Optional.of(Obstacle.of("cannot connect to " + name + ": " + e.getMessage()));
        }
    }

    private Optional<Obstacle> answer(Socket socket, String name, Question question, Judgement judgement) {
        try {
            question.ask(socket.getOutputStream());
            byte[] head = read(socket.getInputStream());
            return head.length < 2 ? Optional.of(closed(name)) : judgement.of(head);
        } catch (SocketTimeoutException e) {
            return Optional.of(Obstacle.of(
                    name + " accepts connections, but does not answer within " + patience.toSeconds() + " s"));
        } catch (SocketException e) {
            return Optional.of(closed(name));
        } catch (IOException e) {
            return Optional.of(Obstacle.of(name + " does not answer: " + e.getMessage()));
        }
    }

    private static Obstacle closed(String name) {
        return Obstacle.of(name + " closes connections without an answer");
    }

    /** Reads what there is, up to the size and the correlation ID of a response. An alert is shorter than that. */
    private static byte[] read(InputStream in) throws IOException {
        byte[] head = new byte[HEAD];
        int length = 0;
        while (length < HEAD && !isTls(head)) {
            int more = in.read(head, length, HEAD - length);
            if (more < 0) {
                return length == 0 ? new byte[0] : head;
            }
            length += more;
        }
        return head;
    }

    private static void askForVersions(OutputStream out) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(14);
        request.putInt(10) // the size of what follows
                .putShort(API_VERSIONS)
                .putShort((short) 0) // the version of the request
                .putInt(CORRELATION)
                .putShort((short) -1); // no client ID
        new DataOutputStream(out).write(request.array());
    }

    private static void sayHello(OutputStream out, InetSocketAddress address) throws IOException {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine(address.getHostString(), address.getPort());
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            out.write(hello.array(), 0, hello.position());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static boolean isTls(byte[] head) {
        return (head[0] == TLS_ALERT || head[0] == TLS_HANDSHAKE) && head[1] == TLS_MAJOR_VERSION;
    }

    private static String quoted(byte[] head) {
        StringBuilder text = new StringBuilder("'");
        for (byte each : head) {
            text.append(each >= FIRST_PRINTABLE && each <= LAST_PRINTABLE ? (char) each : '.');
        }
        return text.append('\'').toString();
    }
}
