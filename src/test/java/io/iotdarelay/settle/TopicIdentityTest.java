package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicIdentityTest {

    private static final long TIMESTAMP = 1_767_225_600_000L;
    private static final int MOST = 4096;

    private final TopicIdentity topic = new TopicIdentity("cluster", "topic");

    @Test
    void opensWhatItSealed() {
        TopicIdentity.Opened opened = new TopicIdentity("cluster", "topic").open(100, sealed(100, 101, 104));

        assertThat(opened.newestEpoch()).isEqualTo(7);
        assertThat(opened.finished().isConfirmedBy(100, TIMESTAMP)).isTrue();
        assertThat(opened.finished().from(0)).containsExactly(101L, 104L);
    }

    /**
     * MirrorMaker 2 copies a commit's metadata to another cluster and translates its offset. A transaction's marker takes an offset in
     * the source and none in the target, so distances differ, while the first record is the same, with the same timestamp.
     */
    @Test
    void opensNothingOfAnotherClusterTopicOrOffset() {
        String metadata = sealed(100, 101, 104);

        assertThat(new TopicIdentity("other", "topic").open(100, metadata)).isEqualTo(TopicIdentity.Opened.NOTHING);
        assertThat(new TopicIdentity("cluster", "anew").open(100, metadata)).isEqualTo(TopicIdentity.Opened.NOTHING);
        assertThat(topic.open(40, metadata)).isEqualTo(TopicIdentity.Opened.NOTHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "somebody else's, and long enough to hold a header of ours",
                "iotda-relay-1rAAEB",
                "iotda-relay-2"
            })
    void opensNothingThatIsNotItsOwn(String metadata) {
        assertThat(topic.open(100, metadata)).isEqualTo(TopicIdentity.Opened.NOTHING);
    }

    @Test
    void opensNothingThatIsBroken() {
        String metadata = sealed(100, 101);
        int epoch = "iotda-relay-2".length() + 20;

        assertThat(topic.open(100, metadata.substring(0, epoch) + "no epoch" + metadata.substring(epoch + 8)))
                .isEqualTo(TopicIdentity.Opened.NOTHING);
        assertThat(topic.open(100, metadata.substring(0, epoch + 8)).finished().isEmpty())
                .isTrue();
    }

    @Test
    void keepsWithinTheBound() {
        OffsetTracker offsets = tracker(0);
        for (long offset = 1; offset < 50_000; offset++) {
            offsets.begin(offset, TIMESTAMP, OffsetTracker.NO_EPOCH, Instant.EPOCH);
            if (offset % 3 == 0) {
                offsets.finish(offset);
            }
        }

        String metadata = topic.seal(offsets, FinishedOffsets.NONE, MOST);
        assertThat(metadata.length()).isBetween(MOST - 8, MOST);
        assertThat(topic.open(0, metadata).newestEpoch()).isEqualTo(OffsetTracker.NO_EPOCH);
        assertThat(topic.seal(offsets, FinishedOffsets.NONE, 40)).isEmpty();
        assertThat(topic.seal(offsets, FinishedOffsets.NONE, 0)).isEmpty();
    }

    private String sealed(long first, long... finished) {
        OffsetTracker offsets = tracker(first);
        for (long offset : finished) {
            offsets.begin(offset, TIMESTAMP, 7, Instant.EPOCH);
            offsets.finish(offset);
        }
        return topic.seal(offsets, FinishedOffsets.NONE, MOST);
    }

    private static OffsetTracker tracker(long first) {
        OffsetTracker offsets = new OffsetTracker();
        offsets.begin(first, TIMESTAMP, 6, Instant.EPOCH);
        return offsets;
    }
}
