package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.Format;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncodingCompilerTest {

    private static final String ROUTE = "to: message\ndevice-id: key\n";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "device-id: key                      | JSON         | NONE",
                "format: json-lines                  | JSON_LINES   | NONE",
                "format: senml-cbor                  | SENML_CBOR   | NONE",
                "format: connect-json                | CONNECT_JSON | NONE",
                "format: auto                        | AUTO         | AUTO",
                "{ format: auto, compression: none } | AUTO         | NONE",
                "compression: zstd                   | JSON         | ZSTD",
                "compression: auto                   | JSON         | AUTO",
                "format: avro                        | AVRO         | NONE"
            })
    void takesFormatAndCompression(String yaml, Format format, Compression compression) {
        String lines = yaml.replaceAll("^\\{ | }$", "").replace(", ", "\n");

        assertThat(encoding(lines)).isEqualTo(new Encoding(format, compression, Encoding.DEFAULT_MAX_SIZE, null));
    }

    @Test
    void takesTheFormOfCsv() {
        assertThat(encoding("format: csv\ncsv: { columns: [a, b] }\nmax-value-size: 1KB"))
                .isEqualTo(new Encoding(
                        Format.CSV, Compression.NONE, 1024, new Encoding.Csv(List.of("a", "b"), ',', '"')));
        assertThat(encoding(
                        "format: auto\ncsv: { columns: [a], separator: \"\\t\", quote: \"\" }\nmax-value-size: 64MB"))
                .isEqualTo(new Encoding(
                        Format.AUTO, Compression.AUTO, 64 * 1024 * 1024, new Encoding.Csv(List.of("a"), '\t', null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format: csv | csv.columns: the names of the columns are required for 'format: csv'",
                "format: csv~csv: { separator: ';' } | csv.columns: the names of the columns are required",
                "csv: { columns: [a] } | csv: is allowed for 'format: csv' and 'format: auto' only",
                "format: csv~csv: { columns: [a, b, a] } | csv.columns: two columns have the same name",
                "format: csv~csv: { columns: [a, \"\"] } | csv.columns[1]: a name is required",
                "format: csv~csv: { columns: [a], separator: \"\" } | csv.separator: one character is required",
                "format: csv~csv: { columns: [a], separator: ';;' } | csv.separator: one character is required",
                "format: csv~csv: { columns: [a], quote: ';;' } | csv.quote: one character or none is required",
                "format: csv~csv: { columns: [a], quote: ',' } | csv.quote: must not be the separator",
                "format: avro~compression: gzip | compression: is not allowed for 'format: avro', 'protobuf' and 'json-schema': they are not compressed",
                "max-value-size: 1023B | max-value-size: must be 1KB to 64MB",
                "max-value-size: 65MB | max-value-size: must be 1KB to 64MB"
            })
    void reportsMistakes(String yaml, String problem) {
        assertThat(RouteYaml.problems(ROUTE + yaml.replace("~", "\n"))).containsExactly(problem);
    }

    @Test
    void reportsUnknownFormats() {
        assertThat(RouteYaml.problems(ROUTE + "format: cobr"))
                .singleElement()
                .asString()
                .startsWith("format: ");
        assertThat(RouteYaml.problems(ROUTE + "compression: brotli"))
                .singleElement()
                .asString()
                .startsWith("compression: ");
    }

    private static Encoding encoding(String yaml) {
        return RouteYaml.route(ROUTE + yaml.replaceFirst("^device-id: key$", ""))
                .encoding();
    }
}
