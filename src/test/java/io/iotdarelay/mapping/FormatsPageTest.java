package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import io.iotdarelay.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of docs/formats.md. */
class FormatsPageTest {

    private static final Pattern HEADER = Pattern.compile("`([^`:]+): ([^`]+)`");

    static Stream<Arguments> examples() {
        String page = Yaml.text(Path.of("docs/formats.md"));
        return page.substring(page.indexOf("<!-- examples -->"), page.indexOf("<!-- end of examples -->"))
                .lines()
                .skip(3)
                .map(line -> line.split(" ?\\| ?"))
                .map(cells -> Arguments.of(code(cells[1]), cells[2], code(cells[3]), code(cells[4])));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void keepsWhatTheDocumentationSays(String options, String headers, String value, String tree) {
        Route route = RouteYaml.route("to: message\ndevice-id: key\n"
                + options.substring(2, options.length() - 2).replaceAll(", (?=compression|csv:)", "\n"));
        List<RecordHeader> all = HEADER.matcher(headers)
                .results()
                .map(header -> new RecordHeader(header.group(1), utf8(header.group(2))))
                .toList();

        Decoding decoding = RecordDecoders.standard()
                .of(route.encoding())
                .decode(new SourceRecord(new RecordPosition("topic", 0, 0), Instant.EPOCH, null, bytes(value), all));

        assertThat(
                        switch (decoding) {
                            case Decoding.Decoded decoded -> decoded.tree().toString();
                            case Decoding.Awaiting awaiting -> "awaiting " + awaiting.detail();
                            case Decoding.Undecodable ignored -> "undecodable";
                        })
                .isEqualTo(tree);
    }

    private static byte[] bytes(String value) {
        return value.startsWith("hex:")
                ? HexFormat.of().parseHex(value.substring(4))
                : utf8(value.replace("\\n", "\n"));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String code(String cell) {
        return cell.startsWith("`") ? cell.substring(1, cell.length() - 1) : cell;
    }
}
