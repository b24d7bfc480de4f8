package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ModelThreadTest {

    private final List<String> done = new ArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ModelThread.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private boolean fails = true;

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(logged);
    }

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
        return logged.list.stream()
                .map(event -> event.getThrowableProxy().getMessage())
                .toList();
    }
}
