package io.iotdarelay.pauses;

import io.iotdarelay.kafka.ByteProducers;
import io.iotdarelay.kafka.KafkaFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes pauses, one order after the other, on a thread that may wait. What it has acknowledged was read back by this instance. */
final class PauseStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PauseStore.class);

    /** Orders that wait; each takes seconds at most. */
    private static final int MOST_WAITING = 20;

    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** A topic that was created by this is found at the latest so much later. */
    private static final Duration READ_BACK = Duration.ofSeconds(15);

    private static final Duration CARRY_OUT = Duration.ofSeconds(2);
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final String topic;
    private final PausesInForce pauses;
    private final PauseTopic reader;
    private final ByteProducers producers;
    private final Supplier<Admin> admins;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("relay-pauses-write").daemon().factory());

    PauseStore(String topic, PausesInForce pauses, PauseTopic reader, ByteProducers producers, Supplier<Admin> admins) {
        this.topic = topic;
        this.pauses = pauses;
        this.reader = reader;
        this.producers = producers;
        this.admins = admins;
    }

    /** Stores a pause; one of the same target is replaced. */
    CompletableFuture<Order> pause(OperatorPause pause) {
        return enqueue(() -> doPause(pause));
    }

    /** Ends the pause of a target. */
    CompletableFuture<Order> resume(PauseTarget target) {
        return enqueue(() -> doResume(target));
    }

    /** Deletes the record of a pause that is over. If that fails, it is tried again some day. */
    void forget(OperatorPause over) {
        CompletableFuture<Order> unused = enqueue(
                () -> write(over.target(), null).<Order>map(Order.Failed::new).orElse(new Order.Stored(true)));
    }

    private CompletableFuture<Order> enqueue(Supplier<Order> order) {
        CompletableFuture<Order> answer = new CompletableFuture<>();
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            answer.complete(new Order.Failed("more than " + MOST_WAITING + " orders wait for Kafka"));
            return answer;
        }
        try {
            thread.execute(() -> {
                answer.complete(carryOut(order));
                waiting.decrementAndGet();
            });
        } catch (RejectedExecutionException e) {
            answer.complete(new Order.Failed("the relay is stopping"));
        }
        return answer;
    }

    private static Order carryOut(Supplier<Order> order) {
        try {
            return order.get();
        } catch (RuntimeException e) { // whatever a client throws, the next order may succeed
            return new Order.Failed(KafkaFailure.ofWriting(e));
        }
    }

    private Order doPause(OperatorPause pause) {
        Optional<Order> obstacle = prepare(pause.target());
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        Optional<OperatorPause> before = pauses.read(pause.target());
        Optional<String> failure = write(pause.target(), pause);
        if (failure.isEmpty()
                && !within(READ_BACK, () -> pauses.read(pause.target()).equals(Optional.of(pause)))) {
            failure = Optional.of(
                    "it was written, and not read back: " + reader.trouble().orElse("the topic lags behind"));
        }
        if (failure.isPresent()) {
            reader.withdraw(pause.id());
            takeBack(pause, before);
            return new Order.Failed(failure.get());
        }
        return new Order.Stored(isCarriedOut());
    }

    private Order doResume(PauseTarget target) {
        Optional<Order> obstacle = prepare(target).filter(found -> found instanceof Order.Failed);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        Optional<OperatorPause> before = pauses.read(target);
        Optional<String> failure = write(target, null);
        if (failure.isEmpty()
                && !within(
                        READ_BACK,
                        () -> before.isEmpty() || !pauses.read(target).equals(before))) {
            failure = Optional.of(
                    "it was written, and not read back: " + reader.trouble().orElse("the topic lags behind"));
        }
        return failure.<Order>map(why -> new Order.Failed(why)).orElseGet(() -> new Order.Stored(isCarriedOut()));
    }

    /** The second turn from now on begins after the whole of the first. */
    private boolean isCarriedOut() {
        long from = pauses.turns();
        return within(CARRY_OUT, () -> pauses.turns() >= from + 2);
    }

    /** Why nothing can be stored now, if so; creates the topic if it is missing. */
    private Optional<Order> prepare(PauseTarget target) {
        try (Admin admin = admins.get()) {
            if (target instanceof PauseTarget.OfPartition partition) {
                Optional<String> unknown = unknown(admin, partition);
                if (unknown.isPresent()) {
                    return unknown.map(Order.Unknown::new);
                }
            }
            if (describe(admin, topic) == null) {
                create(admin);
                return Optional.empty();
            }
            return policy(admin)
                    .filter(policy -> !policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)
                            || policy.contains(TopicConfig.CLEANUP_POLICY_DELETE))
                    .map(policy -> new Order.Failed("the topic " + topic + " has cleanup.policy=" + policy
                            + ": it would forget pauses; it has to be compact"));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(
                    new Order.Failed("the topic " + topic + " cannot be used: " + KafkaFailure.ofWriting(cause)));
        } catch (TimeoutException e) {
            return Optional.of(new Order.Failed("Kafka did not answer within " + ANSWER.toSeconds() + " s"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new Order.Failed("the relay is stopping"));
        }
    }

    private static Optional<String> unknown(Admin admin, PauseTarget.OfPartition wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        TopicDescription found = describe(admin, wanted.topic());
        if (found == null) {
            return Optional.of("there is no topic " + wanted.topic());
        }
        int partitions = found.partitions().size();
        return wanted.partition() < partitions
                ? Optional.empty()
                : Optional.of("topic " + wanted.topic() + " has " + partitions + " partitions, numbered from 0");
    }

    private static @Nullable TopicDescription describe(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private void create(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        NewTopic wanted = new NewTopic(topic, Optional.of(1), Optional.empty())
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        try {
            Void unused = admin.createTopics(List.of(wanted)).all().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            log.atInfo().addKeyValue("topic", topic).log("The topic of the desk was created");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** Empty if it may not be asked for. */
    private Optional<String> policy(Admin admin) throws InterruptedException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Collection<Config> found = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .values();
            return found.stream()
                    .flatMap(config -> Stream.ofNullable(config.get(TopicConfig.CLEANUP_POLICY_CONFIG)))
                    .map(ConfigEntry::value)
                    .findFirst();
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    /** Returns why it failed, if so. Then a record that is still under way is not written any more. */
    private Optional<String> write(PauseTarget target, @Nullable OperatorPause pause) {
        try {
            Producer<byte[], byte[]> producer = producers.open();
            Future<?> sent = producer.send(new ProducerRecord<>(
                    topic, PauseFormat.key(target), pause == null ? null : PauseFormat.value(pause)));
            Object unused = sent.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            producers.close();
            return Optional.of(KafkaFailure.ofWriting(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            producers.close();
            return Optional.of("Kafka did not acknowledge it within " + ANSWER.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the relay is stopping");
        } catch (RuntimeException e) { // a client that cannot be opened, or is broken
            producers.close();
            return Optional.of(KafkaFailure.ofWriting(e));
        }
    }

    /** The record may have been written all the same: what was there before is written again, unless another pause replaced it. */
    private void takeBack(OperatorPause failed, Optional<OperatorPause> before) {
        Optional<OperatorPause> now = pauses.read(failed.target());
        boolean isReplaced = !now.equals(before) && !now.equals(Optional.of(failed));
        if (isReplaced) {
            return;
        }
        Optional<String> failure = write(failed.target(), before.orElse(null));
        if (failure.isPresent() && !thread.isShutdown()) {
            Future<?> unused = thread.schedule(() -> takeBack(failed, before), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static boolean within(Duration atMost, BooleanSupplier condition) {
        long steps = atMost.dividedBy(STEP);
        for (long i = 0; i < steps && !condition.getAsBoolean(); i++) {
            LockSupport.parkNanos(STEP.toNanos());
        }
        return condition.getAsBoolean();
    }

    @Override
    public void close() {
        if (!thread.isShutdown()) {
            boolean unused = ByteProducers.finish(thread, () -> {}, CLOSE);
            producers.close();
        }
    }
}
