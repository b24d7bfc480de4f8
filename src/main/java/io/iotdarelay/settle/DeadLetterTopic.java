package io.iotdarelay.settle;

import io.iotdarelay.kafka.KafkaFailure;
import io.iotdarelay.kafka.Reach;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dead-letter topic and the producer that writes to it. Whether it is writable is checked before the first dead letter.
 * Belongs to the topic's thread, which may block; any thread may ask for the trouble.
 */
final class DeadLetterTopic {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterTopic.class);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String name;
    private final Supplier<Reach> check;
    private final Supplier<Producer<byte[], byte[]>> opener;
    private final Supplier<Admin> adminOpener;
    private @Nullable Producer<byte[], byte[]> producer;
    private volatile @Nullable Admin admin;
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * A topic without a producer yet.
     *
     * @param check whether Kafka can be reached
     * @param opener opens the producer, which the caller closes
     * @param adminOpener opens an admin client
     */
    DeadLetterTopic(
            String name,
            Supplier<Reach> check,
            Supplier<Producer<byte[], byte[]>> opener,
            Supplier<Admin> adminOpener) {
        this.name = name;
        this.check = check;
        this.opener = opener;
        this.adminOpener = adminOpener;
    }

    String name() {
        return name;
    }

    /** The producer, once there is one. */
    Optional<Producer<byte[], byte[]>> producer() {
        return Optional.ofNullable(producer);
    }

    /** Why a dead letter could not be written now, as far as that is known. Callable from any thread. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Opens the producer if there is none, and checks whether the topic can be written. Returns whether it can. */
    boolean examine() {
        Optional<String> found;
        try {
            found = find();
        } catch (RuntimeException e) { // whatever it is, it is retried
            found = Optional.of(explain(e));
        }
        if (found.isPresent() && !found.equals(trouble)) {
            log.atWarn()
                    .addKeyValue("topic", name)
                    .addKeyValue("reason", found.get())
                    .log("Dead letters cannot be written at present");
        } else if (found.isEmpty() && trouble.isPresent()) {
            log.atInfo().addKeyValue("topic", name).log("Dead letters can be written");
        }
        trouble = found;
        return found.isEmpty();
    }

    /** In one line. */
    String explain(Exception failure) {
        boolean missing = failure instanceof UnknownTopicOrPartitionException
                || failure.getCause() instanceof UnknownTopicOrPartitionException;
        return missing ? missing() : KafkaFailure.ofWriting(failure);
    }

    private String missing() {
        return "topic " + name + " does not exist";
    }

    /** Callable from any thread, once no check is running any more. */
    void close() {
        Admin open = admin;
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
    }

    private Optional<String> find() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            Optional<String> unreachable = check.get().trouble();
            if (unreachable.isPresent()) {
                return unreachable;
            }
            open = opener.get();
            producer = open;
        }
        // Clusters that create topics on demand do so here.
        return open.partitionsFor(name).isEmpty() ? Optional.of(missing()) : refusal();
    }

    /** Only an admin client detects a missing permission before a write. What it cannot find out is not reported. */
    private Optional<String> refusal() {
        try {
            Admin asked = admin;
            if (asked == null) {
                asked = adminOpener.get();
                admin = asked;
            }
            boolean refused = asked
                    .describeTopics(List.of(name), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .allTopicNames()
                    .get()
                    .values()
                    .stream()
                    .anyMatch(topic -> topic.authorizedOperations() != null
                            && !topic.authorizedOperations().contains(AclOperation.WRITE));
            return refused ? Optional.of("not permitted to WRITE topic " + name) : Optional.empty();
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicAuthorizationException refused
                    ? Optional.of(explain(refused))
                    : Optional.empty();
        } catch (KafkaException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
