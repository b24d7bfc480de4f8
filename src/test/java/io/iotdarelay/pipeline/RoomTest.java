package io.iotdarelay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.SourcePartition;
import org.junit.jupiter.api.Test;

class RoomTest {

    private static final SourcePartition SLOW = new SourcePartition("topic", 0);
    private static final SourcePartition OTHER = new SourcePartition("topic", 1);

    private final Room room = new Room(90);

    @Test
    void givesASinglePartitionTwoThirds() {
        room.take(SLOW, 59);
        assertThat(room.isFull(SLOW)).isFalse();
        room.take(SLOW, 1);
        assertThat(room.isFull(SLOW)).isTrue();
    }

    @Test
    void keepsRoomForOthers() {
        room.take(SLOW, 70);

        assertThat(room.isFull(SLOW)).isTrue();
        assertThat(room.isFull(OTHER)).isFalse();
        room.take(OTHER, 13);
        assertThat(room.isFull(OTHER)).isFalse();
        room.take(OTHER, 1);
        assertThat(room.isFull(OTHER)).isTrue();
        room.release(OTHER, 14);
        assertThat(room.isFull(OTHER)).isFalse();
    }

    @Test
    void isFullForAllWhereTheBoundIsReached() {
        room.take(SLOW, 90);

        assertThat(room.isFull(OTHER)).isTrue();
        room.release(SLOW, 90);
        assertThat(room.isFull(OTHER)).isFalse();
        assertThat(room.isFull(SLOW)).isFalse();
    }
}
