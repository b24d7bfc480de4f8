package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InquiryTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    private final Inquiry<String> inquiry = new Inquiry<>(Duration.ofSeconds(5), "nothing");
    private final List<CompletableFuture<String>> asked = new ArrayList<>();

    @Test
    void asksOnceInAnIntervalAndHasTheLatestAnswer() {
        assertThat(ask(0)).isEqualTo("nothing");
        assertThat(ask(60)).isEqualTo("nothing");
        assertThat(asked).hasSize(1);

        asked.getFirst().complete("first");
        assertThat(inquiry.latest()).isEqualTo("first");
        assertThat(ask(60)).isEqualTo("first");
        assertThat(ask(64)).isEqualTo("first");
        assertThat(asked).hasSize(2);
    }

    @Test
    void keepsAnAnswerWhenTheNextQuestionFails() {
        ask(0);
        asked.getFirst().complete("first");
        ask(5);
        asked.getLast().completeExceptionally(new IllegalStateException("no broker"));

        assertThat(ask(10)).isEqualTo("first");
        assertThat(asked).hasSize(3);
    }

    @Test
    void forgetsAnAnswer() {
        ask(0);
        asked.getFirst().complete("first");

        inquiry.restart("again");

        assertThat(ask(1)).isEqualTo("again");
        assertThat(asked).hasSize(2);
    }

    private String ask(int second) {
        return inquiry.latest(NOW.plusSeconds(second), () -> {
            CompletableFuture<String> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        });
    }
}
