package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.iotdarelay.testing.Logged;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class TroubleLogTest {

    private static final Duration RESTART = Duration.ofSeconds(1);
    private final RuntimeException refused = GroupAuthorizationException.forGroupId("g");

    @RegisterExtension
    final Logged logged = Logged.by(TroubleLog.class);

    private final TroubleLog troubles = new TroubleLog();

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
        return logged.lines().stream()
                .filter(event ->
                        event.getThreadName().equals(Thread.currentThread().getName()))
                .toList();
    }

    private static SourceStatus status(boolean joined, @Nullable String trouble) {
        return new SourceStatus(joined, Optional.ofNullable(trouble), List.of());
    }
}
