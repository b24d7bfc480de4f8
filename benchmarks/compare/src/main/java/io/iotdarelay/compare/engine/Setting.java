package io.iotdarelay.compare.engine;

import io.iotdarelay.compare.Arguments;
import io.iotdarelay.compare.Scene;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** What a peer runs with. */
record Setting(Scene scene, String bootstrap, String topic, String group, URI endpoint, Path authority) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuuMMddHH").withZone(ZoneOffset.UTC);

    static Setting of(Arguments arguments) {
        return new Setting(
                Scene.of(arguments),
                arguments.text("bootstrap"),
                arguments.text("topic"),
                arguments.text("group"),
                URI.create(arguments.text("endpoint")),
                Path.of(arguments.text("authority")));
    }

    Map<String, Object> consumer() {
        return Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "key.deserializer",
                ByteArrayDeserializer.class,
                "value.deserializer",
                ByteArrayDeserializer.class);
    }

    KafkaConsumer<byte[], byte[]> newConsumer() {
        return new KafkaConsumer<>(consumer());
    }

    TrustManagerFactory trust() {
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "sink", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The JDK's client, with TLS 1.3 and HTTP/1.1. */
    HttpClient jdkClient() {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, trust().getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gets a token for each sender, before anything else. */
    Map<String, Target> targets() {
        HttpClient http = jdkClient();
        Map<String, Target> targets = new HashMap<>();
        for (int i = 0; i < scene.senders(); i++) {
            String sender = scene.senderAt(i);
            targets.put(sender, Target.of(sender, token(http, sender), scene));
        }
        return targets;
    }

    private String token(HttpClient http, String device) {
        try {
            String hour = HOUR.format(Instant.now());
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(hour.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            String password =
                    HexFormat.of().formatHex(mac.doFinal(("secret-of-" + device).getBytes(StandardCharsets.UTF_8)));
            byte[] body = JSON.writeValueAsBytes(
                    Map.of("device_id", device, "sign_type", 0, "timestamp", hour, "password", password));
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(endpoint.resolve("/v5/device-auth"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return JSON.readTree(answer.body()).path("access_token").asString();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
