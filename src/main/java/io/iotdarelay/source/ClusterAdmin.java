package io.iotdarelay.source;

import io.iotdarelay.kafka.ClientSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers what a consumer cannot: an {@link Admin} client with its own thread, so that no query ever blocks the
 * poll thread. The client is created for the first query, on that thread, because creating it resolves host names and may
 * fail; the next query tries again. Results are returned as values. Any thread may ask and close.
 */
final class ClusterAdmin implements AutoCloseable {

    /** A query. It runs on the thread of the admin client and may block there; its result is immutable. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Admin> opener;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("relay-admin").daemon().factory());

    /** Only used by the thread above. */
    private @Nullable Admin admin;

    ClusterAdmin(Supplier<Admin> opener) {
        this.opener = opener;
    }

    /**
     * One that reaches Kafka the way consumers do.
     *
     * @param consumer the configuration of consumers
     */
    static ClusterAdmin of(Map<String, Object> consumer) {
        return new ClusterAdmin(() -> Admin.create(ClientSettings.admin(consumer)));
    }

    /** Asks, and completes on the thread of the admin client; exceptionally if Kafka does not answer or does not permit it. */
    <T> CompletableFuture<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> answer(question, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** Asks, and waits for the result: only for callbacks of a rebalance, which need it at once. */
    <T> Optional<T> ask(Question<T> question, Duration atMost) {
        try {
            return Optional.of(ask(question).get(atMost.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private <T> void answer(Question<T> question, CompletableFuture<T> answer) {
        try {
            Admin asked = admin;
            if (asked == null) {
                asked = opener.get();
                admin = asked;
            }
            answer.complete(question.ask(asked));
        } catch (ExecutionException e) {
            answer.completeExceptionally(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(e);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Closes the client after the queries so far. Does not wait. Once closed, it stays closed. */
    @Override
    public void close() {
        if (!thread.isShutdown()) {
            thread.execute(() -> {
                if (admin != null) {
                    admin.close(CLOSE_TIMEOUT);
                }
            });
            thread.shutdown();
        }
    }
}
