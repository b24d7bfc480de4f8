package io.iotdarelay.products;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.Answer.Said;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.Product;
import io.iotdarelay.telemetry.Json;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Sinks;

/** When the platform is asked for models, and what becomes of its answers. */
class ModelFetchTest {

    private static final Said SAID = new Said(404, Optional.of("IOTDA.000404"), "no");

    private final List<String> asked = new ArrayList<>();
    private final List<Sinks.One<Answer<Product>>> open = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private boolean defect;
    private boolean refusesCalls;

    private final ModelFetch.Keeper keeper = new ModelFetch.Keeper() {
        @Override
        public void fetched(String product, Json model) {
            if (defect) {
                throw new IllegalStateException();
            }
            told.add("fetched " + product);
        }

        @Override
        public void refused(String product, String why) {
            told.add("refused " + product + ": " + why);
        }

        @Override
        public void away(String product, String why) {
            told.add("away " + product + ": " + why);
        }
    };

    private ModelFetch fetch = fetch("A");

    @Test
    void asksAtOnceAndThenAfterTheInterval() {
        fetch.tick();
        fetch.tick();
        assertThat(asked).containsExactly("A");

        answer(found());
        later("9m59s");
        assertThat(asked).hasSize(1);
        later("1s");

        assertThat(asked).hasSize(2);
        assertThat(told).containsExactly("fetched A");
    }

    @Test
    void asksForSomeAtATime() {
        fetch = fetch(IntStream.range(0, 10).mapToObj(i -> "P" + i).toArray(String[]::new));

        fetch.tick();
        assertThat(asked).hasSize(ModelFetch.MOST_AT_A_TIME);
        for (int i = 0; i < 10; i++) {
            answer(i % 2 == 0 ? found() : new Answer.Unreachable<>("away", true));
        }

        assertThat(asked).hasSize(10).doesNotHaveDuplicates();
        assertThat(told).hasSize(10);
        later("5s");
        assertThat(asked).as("the failed ones only").hasSize(14);
    }

    @ParameterizedTest
    @CsvSource({"unreachable, 60", "withheld, 60", "misconfigured, 60", "absent, 600", "refused, 600", "throttled, 600"
    })
    void asksSoonerAfterAFailureAndThenMoreSeldom(String kind, int longest) {
        fetch.tick();
        int wait = 5;
        for (int i = 0; i < 40; i++) {
            answer(failure(kind, Duration.ZERO));
            later("PT" + (wait - 1) + "S");
            assertThat(asked).hasSize(i + 1);
            later("1s");
            assertThat(asked).hasSize(i + 2);
            wait = Math.min(longest, wait * 2);
        }
        assertThat(told)
                .hasSize(40)
                .allMatch(line -> line.startsWith(
                        kind.equals("absent") || kind.equals("refused") ? "refused A: it " : "away A: "));

        // When
        answer(found());
        later("10m");
        answer(failure(kind, Duration.ZERO));
        later("5s");

        // Then
        assertThat(asked).hasSize(43);
    }

    @Test
    void waitsAsLongAsThePlatformAsks() {
        fetch.tick();

        answer(failure("throttled", Duration.ofSeconds(100)));

        later("99s");
        assertThat(asked).hasSize(1);
        later("1s");
        assertThat(asked).hasSize(2);
        answer(failure("throttled", Duration.ofDays(100)));
        later("10m");
        assertThat(asked).hasSize(3);
    }

    @Test
    void goesOnAfterADefect() {
        fetch.tick();

        open.removeFirst().tryEmitError(new IllegalStateException());
        later("5s");

        assertThat(asked).hasSize(2);
        assertThat(told).containsExactly("away A: IllegalStateException");
    }

    @Test
    void endsEachCallOnceIfItsAnswerCannotBeTaken() {
        // Given
        fetch = fetch(IntStream.range(0, 10).mapToObj(i -> "P" + i).toArray(String[]::new));
        fetch.tick();
        defect = true;

        // When
        answer(found());

        // Then
        assertThat(asked).as("one more").hasSize(ModelFetch.MOST_AT_A_TIME + 1);
        assertThat(told).isEmpty();

        // When
        defect = false;
        for (int i = 0; i < 9; i++) {
            answer(found());
        }
        later("5s");

        // Then
        assertThat(asked).hasSize(11).endsWith("P0");
    }

    @Test
    void goesOnIfACallCannotBeMade() {
        refusesCalls = true;
        fetch.tick();
        assertThat(told).containsExactly("away A: IllegalStateException");

        refusesCalls = false;
        later("5s");

        assertThat(asked).hasSize(1);
    }

    @Test
    void goesOnIfACallEndsWithoutAnAnswer() {
        fetch.tick();

        open.removeFirst().tryEmitEmpty();
        later("5s");

        assertThat(told).containsExactly("away A: no answer");
        assertThat(asked).hasSize(2);
    }

    private static Answer<Product> found() {
        return new Answer.Found<>(new Product("A", "name", new Json(new byte[0])));
    }

    private static Answer<Product> failure(String kind, Duration retryAfter) {
        return switch (kind) {
            case "unreachable" -> new Answer.Unreachable<>("away", false);
            case "withheld" -> new Answer.Withheld<>("the breaker is open");
            case "misconfigured" -> new Answer.Misconfigured<>("401", true);
            case "absent" -> new Answer.Absent<>(SAID);
            case "refused" -> new Answer.Refused<>(SAID);
            default -> new Answer.Throttled<>(SAID, Optional.of(retryAfter));
        };
    }

    private void answer(Answer<Product> answer) {
        open.removeFirst().tryEmitValue(answer).orThrow();
    }

    private void later(String time) {
        now = now.plus(Duration.parse(time.startsWith("PT") ? time : "PT" + time));
        fetch.tick();
    }

    private ModelFetch fetch(String... products) {
        return new ModelFetch(side(), keeper, List.of(products), Duration.ofMinutes(10), Runnable::run, () -> now);
    }

    /** One that answers when the test does. */
    private ApplicationSide side() {
        return (ApplicationSide) Proxy.newProxyInstance(
                ApplicationSide.class.getClassLoader(),
                new Class<?>[] {ApplicationSide.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("product");
                    if (refusesCalls) {
                        throw new IllegalStateException();
                    }
                    asked.add((String) arguments[0]);
                    Sinks.One<Answer<Product>> sink = Sinks.one();
                    open.add(sink);
                    return sink.asMono();
                });
    }
}
