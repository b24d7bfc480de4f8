package io.iotdarelay.compare.engine;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.PollContext;
import io.confluent.parallelconsumer.reactor.ReactorProcessor;
import io.confluent.parallelconsumer.vertx.VertxParallelStreamProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Confluent's Parallel Consumer in the order of keys, with each of its asynchronous modules. */
final class ParallelConsumer {

    private static final int OK = 200;

    private ParallelConsumer() {}

    static void vertx(Setting setting) {
        Encoder encoder = new Encoder(setting.scene().to());
        Map<String, Target> targets = setting.targets();
        io.vertx.core.http.HttpClient http = Vertx.vertx()
                .createHttpClient(
                        new io.vertx.core.http.HttpClientOptions()
                                .setSsl(true)
                                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                                .setTrustOptions(new PemTrustOptions()
                                        .addCertPath(setting.authority().toString()))
                                .setDefaultHost(setting.endpoint().getHost())
                                .setDefaultPort(setting.endpoint().getPort()),
                        new PoolOptions().setHttp1MaxSize(setting.scene().inFlight()));
        VertxParallelStreamProcessor<byte[], byte[]> processor =
                VertxParallelStreamProcessor.createEosStreamProcessor(options(setting));
        processor.subscribe(List.of(setting.topic()));
        processor.vertxFuture(context -> {
            Encoder.Post post = encode(encoder, context);
            Target target = Objects.requireNonNull(targets.get(post.sender()));
            return http.request(HttpMethod.POST, target.path())
                    .compose(request -> send(request, target, post))
                    .compose(ParallelConsumer::accepted);
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

    static void reactor(Setting setting) {
        Encoder encoder = new Encoder(setting.scene().to());
        ReactorPoster poster = new ReactorPoster(setting);
        ReactorProcessor<byte[], byte[]> processor = new ReactorProcessor<>(options(setting));
        processor.subscribe(List.of(setting.topic()));
        // A record is done when its publisher emits something, not when it completes.
        processor.react(context -> poster.post(encode(encoder, context)).thenReturn(Boolean.TRUE));
    }

    private static Encoder.Post encode(Encoder encoder, PollContext<byte[], byte[]> context) {
        ConsumerRecord<byte[], byte[]> record = context.getSingleConsumerRecord();
        return encoder.encode(record.value(), record.topic(), record.partition(), record.offset());
    }

    private static ParallelConsumerOptions<byte[], byte[]> options(Setting setting) {
        return ParallelConsumerOptions.<byte[], byte[]>builder()
                .consumer(setting.newConsumer())
                .ordering(ProcessingOrder.KEY)
                .maxConcurrency(setting.scene().inFlight())
                .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
                // It looks for a private field of older consumers.
                .ignoreReflectiveAccessExceptionsForAutoCommitDisabledCheck(true)
                .build();
    }
}
