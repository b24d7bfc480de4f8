package io.iotdarelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SafeTextTest {

    @Test
    void whatIsNotVisibleIsReplaced() {
        assertThat(SafeText.line("a\u0000\u001b[31m\u007f\u0085\u009b\u200b\u202e\u2066\u2028\ud800b"))
                .isEqualTo("a\ufffd\ufffd[31m\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdb");
        assertThat(SafeText.line("a\r\n\tb")).isEqualTo("a   b");
        assertThat(SafeText.line("Zähler 表计 😀")).isEqualTo("Zähler 表计 😀");
    }

    @Test
    void jsonMeansTheSame() {
        String json = "{\n \"a\u009b\": \"\u202e表\udbff\udffe\u007f\"}";

        assertThat(SafeText.json(json)).isEqualTo("{\n \"a\\u009b\": \"\\u202e表\\udbff\\udffe\\u007f\"}");
        assertThat(Json.read(SafeText.json(json))).isEqualTo(Json.read(json));
    }

    @Test
    void widthIsThatOfATerminal() {
        assertThat(SafeText.width("meter")).isEqualTo(5);
        assertThat(SafeText.width("表计")).isEqualTo(4);
        assertThat(SafeText.width("e\u0301")).isEqualTo(1);
        assertThat(SafeText.cut("表计表计", 5)).isEqualTo("表计…");
        assertThat(SafeText.cut("meter", 5)).isEqualTo("meter");
        assertThat(SafeText.cut("meters", 5)).isEqualTo("mete…");
    }

    @Test
    void anyTextIsSafe() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            random.ints(20, 0, 0x3000).forEach(point -> text.append((char) point));
            String safe = SafeText.line(text.toString());

            assertThat(safe.codePoints())
                    .as("seed " + seed)
                    .allSatisfy(point -> assertThat(
                                    Character.isISOControl(point) || Character.getType(point) == Character.FORMAT)
                            .isFalse());
            assertThat(SafeText.width(SafeText.cut(safe, 7))).isLessThanOrEqualTo(7);
        }
    }
}
