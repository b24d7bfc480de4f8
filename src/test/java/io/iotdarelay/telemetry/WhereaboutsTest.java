package io.iotdarelay.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WhereaboutsTest {

    private final Whereabouts first = at(4);
    private final Whereabouts second = at(5);

    @Test
    void theOlderOneHasTheLowerOffset() {
        assertThat(Whereabouts.older(first, second)).isSameAs(first);
        assertThat(Whereabouts.older(second, first)).isSameAs(first);
    }

    @Test
    void ofTwoReportsOfOneRecordTheFirstIsNamed() {
        var another = at(4);
        assertThat(Whereabouts.older(first, another)).isSameAs(first);
    }

    private static Whereabouts at(long offset) {
        return new Whereabouts(new RecordPosition("telemetry", 0, offset), null, "retry", "the next attempt");
    }
}
