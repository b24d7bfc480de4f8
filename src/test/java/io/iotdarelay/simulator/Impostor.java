package io.iotdarelay.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who pretends to be the platform: answers each request with whatever bytes a test gives it, over TLS or plainly. */
public final class Impostor implements AutoCloseable {

    /** The response to a request. */
    @FunctionalInterface
    public interface Speech {
        void speak(OutputStream out) throws IOException;
    }

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final Certificates certificates = new Certificates();
    private final ServerSocket server;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final boolean readsBodies;
    private volatile Speech speech;

    private Impostor(boolean tls, boolean readsBodies, Speech speech) {
        try {
            this.readsBodies = readsBodies;
            this.speech = speech;
            this.server = tls
                    ? certificates
                            .plainly()
                            .getServerSocketFactory()
                            .createServerSocket(0, 100, InetAddress.getLoopbackAddress())
                    : new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
            Thread unused = Thread.ofVirtual().start(this::accept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that has a certificate which the client trusts. */
    public static Impostor trusted(Speech speech) {
        return new Impostor(true, true, speech);
    }

    /** One that responds with these bytes. */
    public static Impostor saying(String bytes) {
        return trusted(out -> out.write(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** One that responds before it has read the body, and takes nothing more of it for a request. */
    public static Impostor hasty(Speech speech) {
        return new Impostor(true, false, speech);
    }

    /** One that does not speak TLS. */
    public static Impostor inTheClear(String bytes) {
        return new Impostor(false, true, out -> out.write(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }

    public String endpoint() {
        return "https://localhost:" + server.getLocalPort();
    }

    public String certificateAuthority() {
        return certificates.authorityPem();
    }

    /** How many requests, or beginnings of one, it has heard. */
    public int requests() {
        return requests.get();
    }

    /** How many connections it has accepted. */
    public int connections() {
        return connections.get();
    }

    /** From now on it responds with this. */
    public void say(Speech other) {
        speech = other;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                Thread unused = Thread.ofVirtual().start(() -> converse(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            while (hear(socket.getInputStream())) {
                requests.incrementAndGet();
                speech.speak(socket.getOutputStream());
                socket.getOutputStream().flush();
                if (!readsBodies) {
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            }
        } catch (IOException e) {
            // The client has had enough.
        }
    }

    /** Reads one request: up to the empty line, and then as many bytes as were announced. */
    private boolean hear(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
            if (head.length() == 1 && next == 0x16) {
                return true; // a TLS hello, to one who does not speak it
            }
        }
        Matcher length = LENGTH.matcher(head);
        int announced = readsBodies && length.find() ? Integer.parseInt(length.group(1)) : 0;
        return in.readNBytes(announced).length == announced;
    }
}
