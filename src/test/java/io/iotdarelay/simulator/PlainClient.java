package io.iotdarelay.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The JDK's own HTTP client against the simulator: an opinion that is independent of Netty on both ends. */
final class PlainClient {

    static final String HOUR = "2024062602";

    private final HttpClient http;
    private final String endpoint;

    PlainClient(Simulator simulator) {
        this(simulator.endpoint(), simulator.certificateAuthority());
    }

    PlainClient(String endpoint, String authority) {
        this.http = HttpClient.newBuilder()
                .sslContext(trusting(authority))
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        this.endpoint = endpoint;
    }

    HttpResponse<String> post(String path, @Nullable String token, String body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("access_token", token);
        }
        return send(request.build());
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(endpoint + path)).GET().build());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    HttpResponse<String> authenticate(String device, int signType, String timestamp, String password)
            throws IOException {
        return post(
                "/v5/device-auth",
                null,
                JsonMapper.shared()
                        .writeValueAsString(Map.of(
                                "device_id", device,
                                "sign_type", signType,
                                "timestamp", timestamp,
                                "password", password)));
    }

    String token(String device, String secret) throws IOException {
        HttpResponse<String> answer = authenticate(device, 0, HOUR, Passwords.expected(HOUR, secret));
        return JsonMapper.shared().readTree(answer.body()).path("access_token").asString();
    }

    private static SSLContext trusting(String pem) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
