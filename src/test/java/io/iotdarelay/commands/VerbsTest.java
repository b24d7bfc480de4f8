package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerbsTest {

    @ParameterizedTest
    @CsvSource({
        "check, true",
        "chekc, true",
        "check --relay.lane.linger=1s, true",
        "--help, true",
        "-h, true",
        "--version, true",
        "'', false",
        "--spring.config.location=x, false",
        "--help --spring.profiles.active=x, false",
        "--debug check, false",
        "key=value, false",
        "-Dx=y, false"
    })
    void aVerbIsAWordInTheFirstPlace(String line, boolean verb) {
        assertThat(Verbs.isVerb(line.isEmpty() ? new String[0] : line.split(" ")))
                .isEqualTo(verb);
    }

    @org.junit.jupiter.api.Test
    void anEmptyArgumentIsNone() {
        assertThat(Verbs.isVerb(new String[] {""})).isFalse();
    }
}
