package io.iotdarelay.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A network that can fail, between clients and one server: it delays, swallows, resets or refuses. What is in transit when it
 * swallows arrives when it swallows no more, as with packets that are sent again.
 */
public final class TcpProxy implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;
    private static final int BACKLOG = 256;

    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flows = lock.newCondition();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private volatile boolean remembers;
    private volatile int target;
    private Duration delay = Duration.ZERO;
    private boolean swallows;
    private volatile @Nullable ServerSocket server;

    private TcpProxy(ServerSocket server) {
        this.server = server;
        this.port = server.getLocalPort();
    }

    /** A proxy on a free port; {@link #forwardTo} sets its target. */
    public static TcpProxy open() {
        try {
            TcpProxy proxy = new TcpProxy(listen(Ports.free()));
            proxy.accept();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public TcpProxy forwardTo(int serverPort) {
        change(() -> target = serverPort);
        return this;
    }

    /** Remembers what passes from now on, in both directions. */
    public TcpProxy remember() {
        remembers = true;
        return this;
    }

    /** What has passed: a character for each byte. */
    public String seen() {
        return seen.toString(StandardCharsets.ISO_8859_1);
    }

    /** Every chunk of bytes comes so much later, in both directions. */
    public void delay(Duration each) {
        change(() -> delay = each);
    }

    /** Silently drops everything from now on. */
    public void swallow() {
        change(() -> swallows = true);
    }

    /** Resets all connections; new ones are welcome. */
    public void reset() {
        sockets.forEach(TcpProxy::reset);
        sockets.clear();
    }

    /** Resets all connections and refuses new ones. */
    public void refuse() {
        ServerSocket open = server;
        server = null;
        close(open);
        reset();
    }

    /** All is well again. */
    public void restore() {
        try {
            if (server == null) {
                server = listen(port);
                accept();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        change(() -> {
            delay = Duration.ZERO;
            swallows = false;
        });
    }

    @Override
    public void close() {
        refuse();
        change(() -> swallows = false);
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            flows.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        return socket;
    }

    private void accept() {
        ServerSocket listening = server;
        Thread.ofVirtual().start(() -> {
            while (listening != null && !listening.isClosed()) {
                try {
                    Socket client = listening.accept();
                    Thread.ofVirtual().start(() -> connect(client));
                } catch (IOException e) {
                    close(listening);
                }
            }
        });
    }

    private void connect(Socket client) {
        try {
            Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(client);
            sockets.add(upstream);
            if (server == null) {
                reset();
            }
            Thread.ofVirtual().start(() -> pump(client, upstream));
            pump(upstream, client);
        } catch (IOException e) {
            reset(client);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hold();
                if (remembers) {
                    seen.write(buffer, 0, read);
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            reset(from);
            reset(to);
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    /** Waits for the latency of the network. */
    private void hold() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = delay.toNanos();
            while (left > 0) {
                left = flows.awaitNanos(left);
            }
            while (swallows) {
                flows.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        close(socket);
    }

    private static void close(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
