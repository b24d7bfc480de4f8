package io.iotdarelay.compare.engine;

import io.confluent.parallelconsumer.vertx.VertxParallelEoSStreamProcessor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.predicate.ResponsePredicate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Parallel Consumer in the order of keys, with Vert.x and its client. */
final class ParallelConsumerVertx {

    private ParallelConsumerVertx() {}

    static void run(Setting setting) {
        Encoder encoder = new Encoder(setting.scene().to());
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        WebClient http = WebClient.create(vertx, options(setting));
        Map<String, HttpRequest<Buffer>> requests = new HashMap<>();
        setting.targets().forEach((sender, target) -> requests.put(sender, request(http, target)));
        VertxParallelEoSStreamProcessor<byte[], byte[]> processor =
                new VertxParallelEoSStreamProcessor<>(vertx, http, ParallelConsumer.options(setting));
        processor.subscribe(List.of(setting.topic()));
        processor.vertxFuture(context -> {
            Encoder.Post post = ParallelConsumer.encode(encoder, context);
            return Objects.requireNonNull(requests.get(post.sender())).sendBuffer(Buffer.buffer(post.body()));
        });
    }

    private static HttpRequest<Buffer> request(WebClient http, Target target) {
        return http.post(target.path())
                .putHeader("Content-Type", "application/json")
                .putHeader("access_token", target.token())
                .expect(ResponsePredicate.SC_OK);
    }

    private static WebClientOptions options(Setting setting) {
        WebClientOptions options = new WebClientOptions();
        options.setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setTrustOptions(
                        new PemTrustOptions().addCertPath(setting.authority().toString()))
                .setDefaultHost(setting.endpoint().getHost())
                .setDefaultPort(setting.endpoint().getPort())
                .setMaxPoolSize(setting.scene().inFlight());
        return options;
    }
}
