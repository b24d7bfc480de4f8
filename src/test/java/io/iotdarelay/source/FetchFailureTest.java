package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchFailureTest {

    private static final TopicPartition ONE = new TopicPartition("a.b", 1);
    private static final Set<TopicPartition> ASSIGNED =
            Set.of(ONE, new TopicPartition("a.b", 11), new TopicPartition("x.a.b", 1), new TopicPartition("b", 1));

    /** As Kafka's client 4.2 words them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Received exception when fetching the next record from a.b-1. If needed, please seek past the record to continue"
                        + " consumption.",
                "Encountered corrupt message when fetching offset 5 for topic-partition a.b-1",
                "Failed to make progress reading messages at a.b-1=5. Received a non-empty fetch response from the server, but no"
                        + " complete records were found.",
                "Record batch for partition a.b-1 at offset 5 is invalid, cause: Record is corrupt"
            })
    void findsThePartition(String message) {
        assertThat(FetchFailure.partition(new KafkaException(message), ASSIGNED))
                .contains(ONE);
        assertThat(FetchFailure.partition(new KafkaException(message), Set.of()))
                .isEmpty();
    }

    @Test
    void findsThePartitionOfARecordThatCannotBeDeserialized() {
        KafkaException failure = new RecordDeserializationException(
                RecordDeserializationException.DeserializationExceptionOrigin.VALUE,
                ONE,
                5,
                0,
                TimestampType.CREATE_TIME,
                ByteBuffer.allocate(0),
                ByteBuffer.allocate(0),
                new RecordHeaders(),
                "too large",
                new IllegalStateException());

        assertThat(FetchFailure.partition(failure, ASSIGNED)).contains(ONE);
        assertThat(FetchFailure.partition(failure, Set.of())).isEmpty();
    }

    @Test
    void blamesNoPartitionForWhatConcernsAll() {
        assertThat(FetchFailure.partition(new TopicAuthorizationException("not authorized: a.b-1"), ASSIGNED))
                .isEmpty();
        assertThat(FetchFailure.partition(new KafkaException("a.b-1 and b-1"), ASSIGNED))
                .isEmpty();
        assertThat(FetchFailure.partition(new KafkaException("closed"), ASSIGNED))
                .isEmpty();
        assertThat(FetchFailure.partition(new KafkaException(), ASSIGNED)).isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(FetchFailure.reason(new KafkaException("outer", new KafkaException("inner"))))
                .isEqualTo("inner");
        assertThat(FetchFailure.reason(new KafkaException("outer"))).isEqualTo("outer");
    }
}
