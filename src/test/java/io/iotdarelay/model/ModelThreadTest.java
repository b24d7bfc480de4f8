package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Logged;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelThreadTest {

    private final List<String> done = new ArrayList<>();

    @RegisterExtension
    final Logged logged = Logged.by(ModelThread.class);

    private boolean fails = true;

    @Test
    void goesOnAfterADefectAndLogsItOnce() {
        try (ModelThread thread = new ModelThread(ModelKeepers.none())) {
            thread.everySecond(() -> {
                done.add("first");
                if (fails) {
                    throw new IllegalStateException("of the first");
                }
            });
            thread.everySecond(() -> done.add("second"));

            thread.tick();
            thread.tick();

            assertThat(done).containsExactly("first", "second", "first", "second");
            assertThat(causes()).containsExactly("of the first");

            // When: it works, and fails again
            fails = false;
            thread.tick();
            fails = true;
            thread.tick();

            // Then
            assertThat(causes()).containsExactly("of the first", "of the first");
        }
    }

    private List<String> causes() {
        return logged.lines().stream()
                .map(event -> event.getThrowableProxy().getMessage())
                .toList();
    }
}
