package io.iotdarelay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.iotdarelay.testing.Authority;
import io.iotdarelay.testing.MountedSecret;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;

/** Spring Boot watches what the kubelet swaps, and its HTTP server shows what counts. */
class MountedCertificatesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Authority authority = Authority.create();

    @Configuration(proxyBeanMethods = false)
    static class Server {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        HttpHandler nothing() {
            return (request, response) -> response.setComplete();
        }
    }

    @Test
    void eachSwapIsSeenAndShownToNewConnections(@TempDir Path directory) {
        MountedSecret secret = new MountedSecret(directory.resolve("tls"));
        X509Bundle first = authority.issue();
        X509Bundle second = authority.issue();
        X509Bundle third = authority.issue();
        write(secret, first, first);
        new ReactiveWebApplicationContextRunner(AnnotationConfigReactiveWebServerApplicationContext::new)
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class, NettyReactiveWebServerAutoConfiguration.class))
                .withUserConfiguration(TlsConfiguration.class, Server.class)
                .withPropertyValues(
                        "server.port=0",
                        "server.ssl.bundle=server",
                        "spring.ssl.bundle.watch.file.quiet-period=50ms",
                        "spring.ssl.bundle.pem.server.reload-on-update=true",
                        "spring.ssl.bundle.pem.server.keystore.certificate=" + secret.location("tls.crt"),
                        "spring.ssl.bundle.pem.server.keystore.private-key=" + secret.location("tls.key"))
                .run(context -> {
                    int port = Objects.requireNonNull(context.getSourceApplicationContext(
                                            AnnotationConfigReactiveWebServerApplicationContext.class)
                                    .getWebServer())
                            .getPort();
                    CheckedSslBundles bundles = context.getBean(CheckedSslBundles.class);
                    assertThat(shown(port)).isEqualTo(first.getCertificate());

                    write(secret, second, second);
                    await().atMost(SOON).until(() -> shown(port).equals(second.getCertificate()));

                    write(secret, third, first);
                    await().atMost(SOON)
                            .until(() -> bundles.status().getFirst().refused().isPresent());
                    assertThat(shown(port)).isEqualTo(second.getCertificate());

                    write(secret, third, third);
                    await().atMost(SOON).until(() -> shown(port).equals(third.getCertificate()));
                    assertThat(bundles.status().getFirst().refused()).isEmpty();
                });
    }

    private static void write(MountedSecret secret, X509Bundle certificate, X509Bundle key) {
        secret.write(Map.of("tls.crt", certificate.getCertificatePathPEM(), "tls.key", key.getPrivateKeyPEM()));
    }

    private X509Certificate shown(int port) throws Exception {
        SSLContext trust = SSLContext.getInstance("TLS");
        trust.init(null, authority.issue().toTrustManagerFactory().getTrustManagers(), null);
        try (SSLSocket socket = connect(trust.getSocketFactory(), port)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLSocket connect(SSLSocketFactory factory, int port) throws IOException {
        return (SSLSocket) factory.createSocket("127.0.0.1", port);
    }
}
