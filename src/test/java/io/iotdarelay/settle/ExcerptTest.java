package io.iotdarelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "abcdefghij", "äöüßé", "\ud83d\ude00\ud83d\ude00", "\ud83d"})
    void keepsWhatFits(String text) {
        assertThat(Excerpt.of(text, 10)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"abcdefghijk", "äöüßéa", "漢漢漢漢", "\ud83d\ude00\ud83d\ude00\ud83d\ude00", "abcdefghi\ud83d\ude00"
            })
    void cutsBetweenCharacters(String text) {
        String cut = Excerpt.of(text, 10);

        assertThat(cut).endsWith("...");
        assertThat(text).startsWith(cut.substring(0, cut.length() - 3));
        byte[] utf8 = cut.getBytes(StandardCharsets.UTF_8);
        assertThat(utf8).hasSizeBetween(5, 10);
        assertThat(new String(utf8, StandardCharsets.UTF_8)).isEqualTo(cut);
    }
}
