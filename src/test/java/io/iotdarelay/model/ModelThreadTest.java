package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ModelThreadTest {

    private final List<String> done = new ArrayList<>();
    private boolean fails = true;

    @Test
    void goesOnAfterADefectAndLogsItOnce(CapturedOutput output) {
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
            assertThat(output.getAll()).containsOnlyOnce("IllegalStateException: of the first");

            // When: it works, and fails again
            fails = false;
            thread.tick();
            fails = true;
            thread.tick();

            // Then
            assertThat(output.getAll().split("IllegalStateException: of the first", -1))
                    .hasSize(3);
        }
    }
}
