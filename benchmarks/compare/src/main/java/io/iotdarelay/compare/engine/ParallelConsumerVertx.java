package io.iotdarelay.compare.engine;

import io.confluent.parallelconsumer.vertx.VertxParallelStreamProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Parallel Consumer in the order of keys, with Vert.x and its client. */
final class ParallelConsumerVertx {

    private static final int OK = 200;

    private ParallelConsumerVertx() {}

    static void run(Setting setting) {
        Encoder encoder = new Encoder(setting.scene().to());
        Map<String, Target> targets = setting.targets();
        HttpClient http = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true))
                .createHttpClient(
                        new HttpClientOptions()
                                .setSsl(true)
                                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                                .setTrustOptions(new PemTrustOptions()
                                        .addCertPath(setting.authority().toString()))
                                .setDefaultHost(setting.endpoint().getHost())
                                .setDefaultPort(setting.endpoint().getPort()),
                        new PoolOptions().setHttp1MaxSize(setting.scene().inFlight()));
        VertxParallelStreamProcessor<byte[], byte[]> processor =
                VertxParallelStreamProcessor.createEosStreamProcessor(ParallelConsumer.options(setting));
        processor.subscribe(List.of(setting.topic()));
        processor.vertxFuture(context -> {
            Encoder.Post post = ParallelConsumer.encode(encoder, context);
            Target target = Objects.requireNonNull(targets.get(post.sender()));
            return http.request(HttpMethod.POST, target.path())
                    .compose(request -> send(request, target, post))
                    .compose(ParallelConsumerVertx::accepted);
        });
    }

    private static Future<HttpClientResponse> send(HttpClientRequest request, Target target, Encoder.Post post) {
        return request.putHeader("Content-Type", "application/json")
                .putHeader("access_token", target.token())
                .send(Buffer.buffer(post.body()));
    }

    private static Future<Buffer> accepted(HttpClientResponse response) {
        return response.statusCode() == OK ? response.body() : Future.failedFuture("status " + response.statusCode());
    }
}
