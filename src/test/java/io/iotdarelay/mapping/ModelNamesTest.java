package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"temperature", "\u6e29\u5ea6", "a.b", "_?'#().,&%@!-", "1", "azAZ09\u4e00\u9fa5"})
    void bothMayHave(String name) {
        assertThat(ModelNames.isService(name)).isTrue();
        assertThat(ModelNames.isProperty(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a/b",
                "\u00e9",
                "a:b",
                "a\u0000",
                "\u4dff",
                "\u9fa6",
                "\ud83d\ude00",
                "`",
                "{",
                "["
            })
    void neitherMayHave(String name) {
        assertThat(ModelNames.isService(name)).isFalse();
        assertThat(ModelNames.isProperty(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65})
    void mayBeSoLong(int length) {
        assertThat(ModelNames.isService("x".repeat(length))).isEqualTo(length == 64);
    }

    @ParameterizedTest
    @ValueSource(strings = "$SYS")
    void onlyAServiceMayHave(String name) {
        assertThat(ModelNames.isService(name)).isTrue();
        assertThat(ModelNames.isProperty(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"My Service/\u00e9, My_Service_e", "' a b ', a_b", "Z\u00e4hler, Zahler", "a:b, a_b"})
    void suggestsANameThatIsPossible(String name, String possible) {
        assertThat(ModelNames.adviceForService(name)).endsWith("!-$; did you mean '" + possible + "'?");
        assertThat(ModelNames.adviceForProperty(name)).endsWith("!-; did you mean '" + possible + "'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "0123456789012345678901234567890123456789012345678901234567890123 x"})
    void suggestsNothingWhereNothingIsLeft(String name) {
        assertThat(ModelNames.adviceForProperty(name)).endsWith("digits and _?'#().,&%@!-");
    }
}
