package io.iotdarelay.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

    private static final List<String> WORDS = List.of("from", "format", "topics", "topic-pattern", "Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "form, from",
        "fro, from",
        "From, from",
        "topic, topics",
        "topcis, topics",
        "europe/berln, Europe/Berlin"
    })
    void isTheNearestWord(String word, String nearest) {
        assertThat(Suggestion.among(word, WORDS)).isEqualTo("; did you mean '" + nearest + "'?");
    }

    @Test
    void isNothingWhereNoWordIsNear() {
        assertThat(Suggestion.among("scale", WORDS)).isEmpty();
        assertThat(Suggestion.among("", List.of())).isEmpty();
    }
}
