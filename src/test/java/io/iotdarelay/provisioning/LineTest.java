package io.iotdarelay.provisioning;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineTest {

    private final Line line = new Line();

    private List<String> next(int most) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            line.next().ifPresent(device -> names.add(device.value()));
        }
        return names;
    }

    @Test
    void takesTheOldestAndTheLatestInTurns() {
        for (String name : List.of("a", "b", "c", "d")) {
            line.add(device(name), "route");
        }

        assertThat(line.size()).isEqualTo(4);
        assertThat(next(5)).containsExactly("a", "d", "b", "c");
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void whoIsWantedAgainIsTheLatest() {
        for (String name : List.of("a", "b", "c", "d")) {
            line.add(device(name), "route");
        }
        line.add(device("b"), "another route");

        assertThat(next(4)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void groupsTakeTurns() {
        for (int i = 0; i < 1000; i++) {
            line.add(device("flood" + i), "flood");
        }
        line.add(device("a"), "other");
        line.add(device("b"), "other");

        assertThat(next(4)).containsExactly("flood0", "a", "flood999", "b");
    }

    /** Twenty strangers come while ten are served: the latest of them are none that matter. */
    @Test
    void whoIsWantedAgainComesBeforeAFloodThatGoesOn() {
        line.add(device("real"), "route");
        for (int i = 0; i < 10_000; i++) {
            line.add(device("stranger" + i), "route");
        }
        line.remove(device("real"));
        line.add(device("real"), "route");
        for (int i = 0; i < 100; i++) {
            line.add(device("another" + i), "route");
        }
        line.add(device("real"), "route");
        for (int i = 0; i < 100; i++) {
            line.add(device("later" + i), "route");
        }

        assertThat(next(2)).contains("real");
    }

    @Test
    void leavesTheLine() {
        line.add(device("a"), "one");
        line.add(device("b"), "one");
        line.add(device("c"), "other");
        line.remove(device("a"));
        line.remove(device("c"));
        line.remove(device("nobody"));

        assertThat(next(3)).containsExactly("b");
    }
}
