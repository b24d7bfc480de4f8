package io.iotdarelay.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A format that no route names costs nothing, not even a class. */
@Execution(ExecutionMode.CONCURRENT)
class FormatsAreLoadedOnDemandTest {

    private static final List<String> LIBRARIES = List.of(
            "tools.jackson.dataformat.cbor.",
            "tools.jackson.dataformat.smile.",
            "tools.jackson.dataformat.csv.",
            "org.apache.avro.",
            "com.google.protobuf.",
            "com.squareup.",
            "kotlin.",
            "com.github.luben.zstd.",
            "net.jpountz.");

    /** Decodes one value, in a process of its own. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) {
            Encoding encoding = new Encoding(
                    Format.valueOf(arguments[0]),
                    Compression.valueOf(arguments[1]),
                    Encoding.DEFAULT_MAX_SIZE,
                    new Encoding.Csv(List.of("a"), ',', '"'));
            Decoding decoding = RecordDecoders.standard()
                    .of(encoding)
                    .decode(new SourceRecord(
                            new RecordPosition("topic", 0, 0),
                            Instant.EPOCH,
                            null,
                            HexFormat.of().parseHex(arguments[2]),
                            List.of()));
            System.out.println(decoding);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JSON, NONE, 7b7d, ''",
        "JSON_LINES, NONE, 7b7d, ''",
        "MESSAGEPACK, NONE, 80, ''",
        "INFLUX, NONE, 6d20663d31, ''",
        "SENML, NONE, 5b5d, ''",
        "CONNECT_JSON, NONE, 7b22736368656d61223a6e756c6c2c227061796c6f6164223a317d, ''",
        "AUTO, AUTO, 7b7d, ''",
        "CBOR, NONE, a0, tools.jackson.dataformat.cbor.",
        "SMILE, NONE, 3a290a01fafb, tools.jackson.dataformat.smile.",
        "CSV, NONE, 61, tools.jackson.dataformat.csv.",
        "TEXT, ZSTD, 28b52ffd200109000061, com.github.luben.zstd.",
        "TEXT, GZIP, 1f8b08000000000002ff4b040043beb7e801000000, ''"
    })
    void onlyWhatIsNamed(String format, String compression, String value, String library) throws IOException {
        // When
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        format,
                        compression,
                        value)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // Then
        assertThat(output).contains("Decoded[tree=");
        assertThat(LIBRARIES.stream()
                        .filter(name -> Pattern.compile("\\] " + Pattern.quote(name))
                                .matcher(output)
                                .find())
                        .collect(Collectors.joining()))
                .isEqualTo(library);
    }
}
