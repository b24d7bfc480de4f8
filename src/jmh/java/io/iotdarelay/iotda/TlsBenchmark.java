package io.iotdarelay.iotda;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What TLS 1.3 costs for one exchange without a network: a request is encrypted by the client and decrypted by the server, then a response
 * the other way round. The server is the same throughout, so that the difference is the client's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"
        })
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TlsBenchmark {

    private static final int RESPONSE = 200;

    /** Java's TLS, or BoringSSL. */
    @Param({"JDK", "OPENSSL"})
    public SslProvider client;

    /** Both are negotiated by the platform, depending on the client. */
    @Param({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"})
    public String cipher;

    /** Bytes of a request: one record, or a batch. */
    @Param({"800", "16000"})
    public int request;

    private final List<SslContext> contexts = new ArrayList<>();
    private EmbeddedChannel near;
    private EmbeddedChannel far;

    /** Shakes hands. */
    @Setup
    public void connect() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SslContext ours = SslContextBuilder.forClient()
                .sslProvider(client)
                .protocols("TLSv1.3")
                .ciphers(List.of(cipher))
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
        SslContext theirs = SslContextBuilder.forServer(
                        certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .build();
        contexts.addAll(List.of(ours, theirs));
        near = new EmbeddedChannel();
        far = new EmbeddedChannel();
        far.pipeline().addLast(theirs.newHandler(far.alloc()));
        near.pipeline().addLast(ours.newHandler(near.alloc()));
        for (int turn = 0; turn < 10; turn++) {
            pass(near, far);
            pass(far, near);
        }
        if (exchanged(request, near, far) != request) {
            throw new IllegalStateException("the request did not arrive");
        }
    }

    /** One exchange. */
    @Benchmark
    public int exchange() {
        return exchanged(request, near, far) + exchanged(RESPONSE, far, near);
    }

    private static int exchanged(int bytes, EmbeddedChannel from, EmbeddedChannel to) {
        ByteBuf plain = from.alloc().heapBuffer(bytes);
        plain.writeZero(bytes);
        from.writeOneOutbound(plain);
        from.flushOutbound();
        pass(from, to);
        int read = 0;
        for (ByteBuf part = to.readInbound(); part != null; part = to.readInbound()) {
            read += part.readableBytes();
            part.release();
        }
        return read;
    }

    private static void pass(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        for (Object sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            to.writeOneInbound(sent);
        }
        to.flushInbound();
        to.runPendingTasks();
    }

    /** Closes both ends. */
    @TearDown
    public void close() {
        near.finishAndReleaseAll();
        far.finishAndReleaseAll();
        contexts.forEach(ReferenceCountUtil::release);
    }
}
