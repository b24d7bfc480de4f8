package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class JsonDifferenceTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 1.0 |",
                "{\"a\":1e2} | {\"a\":100} |",
                "1 | 2 | (all): expected 1, got 2",
                "1 | \"1\" | (all): expected 1, got \"1\"",
                "{\"a\":[1,2]} | {\"a\":[1]} | /a/1: expected 2, got nothing",
                "{} | {\"x/y~z\":null} | /x~1y~0z: expected nothing, got null",
                "[] | {} | (all): expected [], got {}"
            })
    void comparesNumbersByValueAndNamesThePath(String wanted, String given, String difference) {
        JsonMapper json = JsonMapper.shared();
        assertThat(String.join("; ", JsonDifference.between(json.readTree(wanted), json.readTree(given))))
                .isEqualTo(difference == null ? "" : difference);
    }
}
