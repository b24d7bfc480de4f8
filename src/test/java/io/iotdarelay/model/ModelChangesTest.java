package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a model that differs from the one before it. */
class ModelChangesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'data_type':'int'|'data_type':'long'|type int to long",
                "'data_type':'int','min':'0','max':'10'|'data_type':'int','min':'0','max':'20'|range [0 to 10] to [0 to 20]",
                "'data_type':'decimal','min':'-1'|'data_type':'decimal'|range [from -1] to [any]",
                "'data_type':'decimal'|'data_type':'decimal','max':'1'|range [any] to [up to 1]",
                "'data_type':'string'|'data_type':'string','max_length':5|max_length none to 5",
                "'data_type':'enum','enum_list':['a','b']|'data_type':'enum','enum_list':['a','c']|enum_list of 2 to 2 values",
                "'data_type':'int','step':2|'data_type':'int','step':5|step 2 to 5",
                "'data_type':'int','unit':'V'|'data_type':'int','unit':'mV'|unit V to mV",
                "'data_type':'int','method':'RW'|'data_type':'int','method':'W'|method RW to W",
                "'data_type':'int'|'data_type':'int','required':true|required false to true",
                "'data_type':'int','unit':'V'|'data_type':'long','unit':'A'|type int to long, unit V to A"
            })
    void namesWhatHasChangedInAProperty(String before, String now, String change) {
        assertThat(ModelChanges.between(property(before), property(now))).containsExactly("changed S.p: " + change);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'data_type':'int','min':'0','max':'10'|'data_type':'Int','min':0.0,'max':1E1",
                "'data_type':'int','min':'0','max':'0'|'data_type':'int'",
                "'data_type':'enum','enum_list':['a','b']|'data_type':'enum','enum_list':['b','a']",
                "'data_type':'decimal','step':0.1|'data_type':'decimal','step':0.10"
            })
    void findsNothingWhereTheSameIsWrittenOtherwise(String before, String now) {
        assertThat(ModelChanges.between(property(before), property(now))).isEmpty();
    }

    @Test
    void namesWhatCameAndWent() {
        Product before = product("{\"service_id\":\"A\",\"properties\":[" + named("x") + "," + named("y") + "]},"
                + "{\"service_id\":\"B\"}");
        Product now = product("{\"service_id\":\"A\",\"properties\":[" + named("y") + "," + named("z") + "]},"
                + "{\"service_id\":\"C\",\"properties\":[" + named("c") + "]}");

        assertThat(ModelChanges.between(before, now))
                .containsExactly(
                        "removed A.x", "added A.z int", "removed service B", "added service C", "added C.c int");
    }

    @Test
    void namesNotTooMany() {
        Product before = product("{\"service_id\":\"A\",\"properties\":[" + named("n".repeat(1000)) + "]}");
        Product now = product("{\"service_id\":\"A\",\"properties\":["
                + IntStream.range(0, 500).mapToObj(i -> named("p" + i)).collect(Collectors.joining(",")) + "]}");

        assertThat(ModelChanges.between(before, now))
                .hasSize(31)
                .allMatch(line -> line.length() <= 203)
                .last()
                .isEqualTo("and 471 more");
    }

    private static String named(String name) {
        return "{\"property_name\":\"" + name + "\",\"data_type\":\"int\"}";
    }

    private static Product property(String facets) {
        return product(
                "{\"service_id\":\"S\",\"properties\":[{\"property_name\":\"p\"," + facets.replace('\'', '"') + "}]}");
    }

    private static Product product(String services) {
        ModelFile.Reading reading = ModelFile.answer(
                ("{\"service_capabilities\":[" + services + "]}").getBytes(StandardCharsets.UTF_8), "product-1");
        return reading.product().orElseThrow(() -> new AssertionError(reading.problems()));
    }
}
