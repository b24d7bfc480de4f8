package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;

@Execution(ExecutionMode.SAME_THREAD)
class TroubleLogTest {

    private static final Duration RESTART = Duration.ofSeconds(1);
    private final RuntimeException refused = GroupAuthorizationException.forGroupId("g");

    private final Logger logger = (Logger) LoggerFactory.getLogger(TroubleLog.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final TroubleLog troubles = new TroubleLog();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(logged);
        logger.setLevel(null);
    }

    @Test
    void reportsAProblemOnceWhateverComesBetween() {
        troubles.unreachable("cannot resolve a");
        troubles.unreachable("cannot resolve a");
        troubles.failed(refused, "not permitted", RESTART);
        troubles.show(status(false, "a topic"));
        troubles.failed(refused, "not permitted", RESTART);
        assertThat(told()).hasSize(3).allMatch(event -> event.getThrowableProxy() == null);

        troubles.show(status(true, null));
        troubles.show(status(true, null));
        assertThat(told()).hasSize(4);

        troubles.failed(refused, "not permitted", RESTART);
        assertThat(told()).hasSize(5);
    }

    @Test
    void reportsAgainWhatWasOverWhileSomethingElseStays() {
        troubles.show(status(true, "a topic"));
        troubles.show(status(false, "silence"));
        troubles.show(status(true, "a topic"));
        troubles.show(status(false, "silence"));

        assertThat(told()).hasSize(3);
    }

    @Test
    void reportsOnceWhatGetsOlder() {
        for (int age = 30; age < 40; age++) {
            troubles.show(status(true, "offsets have not been committed for " + age + " s: why"));
        }

        assertThat(told()).hasSize(1);
    }

    @Test
    void keepsTheStackTraceOfADefect() {
        troubles.failed(new IllegalStateException("defect"), "defect", RESTART);

        assertThat(told())
                .singleElement()
                .satisfies(event -> assertThat(event.getThrowableProxy()).isNotNull());
    }

    @Test
    void reportsAFailureUntilTheGroupIsJoined() {
        assertThat(troubles.failed(refused, "not permitted", RESTART)).contains("not permitted");
        assertThat(troubles.show(status(false, null))).contains("not permitted");
        assertThat(troubles.show(status(false, "silence"))).contains("silence");
        assertThat(troubles.show(status(true, null))).isEmpty();
        assertThat(troubles.show(status(false, null))).isEmpty();
    }

    /** What this test's own thread has logged: poll loops of other tests log as well. */
    private List<ILoggingEvent> told() {
        return logged.list.stream()
                .filter(event ->
                        event.getThreadName().equals(Thread.currentThread().getName()))
                .toList();
    }

    private static SourceStatus status(boolean joined, @Nullable String trouble) {
        return new SourceStatus(joined, Optional.ofNullable(trouble), List.of());
    }
}
