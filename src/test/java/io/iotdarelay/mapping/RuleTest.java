package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.JsonRecordDecoder;
import io.iotdarelay.testing.Drafts;
import io.iotdarelay.testing.TestTelemetry;
import io.iotdarelay.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What rules make of values. */
class RuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ from: [/a, /b] } | {\"a\":1,\"b\":2} | 1",
                "{ from: [/a, /b] } | {\"b\":2} | 2",
                "{ from: [/a, /b, /c] } | {\"a\":null,\"c\":3} | 3",
                "{ from: [/a, /b] } | {} | S.p: /a finds nothing",
                "{ from: [/a, /b], type: int } | {\"a\":\"x\",\"b\":2} | S.p: the text is not a number",
                "'{ from: \"/a,b\" }' | {\"a,b\":1} | 1"
            })
    void takesTheFirstOfSeveral(String rule, String value, String expected) {
        assertThat(apply(rule, value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # Selectors
            "/a/[n=x]/v"                                   | {"a":[{"n":"y","v":1},{"n":"x","v":2}]}       | 2
            "/a/[n=7]/v"                                   | {"a":[7,{"n":7,"v":2}]}                       | 2
            "/a/[n=b~1c]/v/[k=true]"                       | {"a":[{"n":"b/c","v":[{"k":true}]}]}          | {"k":true}
            "/a/[n=x]/v"                                   | {"a":[{"n":"y","v":1},{"n":{"x":1}}]}         | S.p: /a/[n=x]/v finds nothing
            "/a/[n=x]"                                     | {"a":{"n":"x"}}                               | S.p: /a/[n=x] finds nothing
            "[n=x]-{/a}"                                   | {"a":1}                                       | "[n=x]-1"
            { text: "{/a}_{/b}{topic}" }                   | {"a":1,"b":"x"}                               | "1_xtopic"
            "{/a}_{/b}"                                    | {"a":1}                                       | S.p: /b finds nothing
            "{/a}"                                         | {"a":[]}                                      | S.p: expected text, got array
            "/{a}"                                         | {"{a}":1}                                     | 1
            # No value
            { from: /a, missing: [""] }                    | {"a":"x"}                                     | "x"
            { from: /a, missing: [65535, NaN, ""], default: 0 }  | {"a":65535}                             | 0
            { from: /a, missing: [65535, NaN, ""], default: 0 }  | {"a":65535.0}                           | 0
            { from: /a, missing: [65535, NaN, ""], default: 0 }  | {"a":"NaN"}                             | 0
            { from: /a, missing: [65535, NaN, ""], default: 0 }  | {"a":""}                                | 0
            { from: /a, missing: [65535, NaN, ""], default: 0 }  | {"a":65534}                             | 65534
            { from: /a, missing: [65535, NaN, ""], default: 0 }  | {"a":true}                              | true
            { from: [/a, /b], missing: [-1] }              | {"a":-1,"b":2}                                | 2
            { from: /a, missing: [-1] }                    | {"a":-1}                                      | S.p: the value is listed in missing
            { from: /a, default: "0", type: int }          | {}                                            | 0
            { from: /a, default: 0, type: int }            | {"a":"x"}                                     | S.p: the text is not a number
            { from: /a, optional: true }                   | {}                                            | no property has a value
            { from: /a, optional: true, type: int }        | {"a":"x"}                                     | S.p: the text is not a number
            # JSON in a text
            { from: /a, json: /b }                         | {"a":"{\\"b\\":1.50}"}                        | 1.50
            { from: /a, json: value }                      | {"a":"[1]"}                                   | [1]
            { from: /a, json: /b }                         | {"a":"{}"}                                    | S.p: /b finds nothing
            { from: /a, json: /b }                         | {"a":""}                                      | S.p: the text is empty
            { from: /a, json: /b }                         | {"a":"{"}                                     | S.p: the text is not valid JSON
            { from: /a, json: /b }                         | {"a":"1e99999999999"}                         | S.p: the text is not valid JSON
            { from: /a, json: /b }                         | {"a":{}}                                      | S.p: expected JSON as text, got object
            # Bytes
            { from: /a, bytes: hex, as: uint8 }            | {"a":"ff"}                                    | 255
            { from: /a, bytes: hex, as: int8, at: 1 }      | {"a":"00ff"}                                  | -1
            { from: /a, bytes: hex, as: uint16 }           | {"a":" FFFE "}                                | 65534
            { from: /a, bytes: hex, as: int16, order: little } | {"a":"feff"}                              | -2
            { from: /a, bytes: hex, as: uint32 }           | {"a":"01020304"}                              | 16909060
            { from: /a, bytes: hex, as: uint32, order: little } | {"a":"04030201"}                         | 16909060
            { from: /a, bytes: hex, as: uint32, order: big-swapped } | {"a":"03040102"}                    | 16909060
            { from: /a, bytes: hex, as: uint32, order: little-swapped } | {"a":"02010403"}                 | 16909060
            { from: /a, bytes: hex, as: uint8, order: little-swapped } | {"a":"02"}                        | 2
            { from: /a, bytes: hex, as: uint64, order: big-swapped } | {"a":"0708050603040102"}            | 72623859790382856
            { from: /a, bytes: hex, as: int32 }            | {"a":"ffffffff"}                              | -1
            { from: /a, bytes: hex, as: int64 }            | {"a":"ffffffffffffffff"}                      | -1
            { from: /a, bytes: hex, as: uint64 }           | {"a":"ffffffffffffffff"}                      | 18446744073709551615
            { from: /a, bytes: hex, as: float32 }          | {"a":"43163333"}                              | 150.2
            { from: /a, bytes: hex, as: float32 }          | {"a":"7fc00000"}                              | S.p: the bytes are NaN or infinite
            { from: /a, bytes: hex, as: float64 }          | {"a":"4035800000000000"}                      | 21.5
            { from: /a, bytes: hex, as: float64, default: 0 } | {"a":"7ff0000000000000"}                   | 0
            { from: /a, bytes: hex, as: uint16 }           | {"a":"f"}                                     | S.p: the text is not in the encoding that 'bytes' names
            { from: /a, bytes: hex, as: uint16, at: 1 }    | {"a":"ffff"}                                  | S.p: there are only 2 bytes
            { from: /a, bytes: hex, as: uint16 }           | {"a":17}                                      | S.p: expected bytes as text, got number
            { from: /a, bytes: base64, as: uint16 }        | {"a":"//4="}                                  | 65534
            { from: /a, bytes: base64, as: uint16 }        | {"a":"__4="}                                  | 65534
            { from: /a, bytes: base64, as: uint16 }        | {"a":"-_4="}                                  | 64510
            { from: /a, bytes: words, as: int16, at: 1 }   | {"a":[0,65535]}                               | -1
            { from: /a, bytes: words, as: uint32 }         | {"a":[-1,0]}                                  | 4294901760
            { from: /a, bytes: words, as: int16 }          | {"a":[65536]}                                 | S.p: word 0 is not a 16-bit number
            { from: /a, bytes: words, as: int16 }          | {"a":[0,-32769]}                              | S.p: word 1 is not a 16-bit number
            { from: /a, bytes: words, as: int16 }          | {"a":["0"]}                                   | S.p: word 0 is not a 16-bit number
            { from: /a, bytes: words, as: int16 }          | {"a":0}                                       | S.p: expected an array of 16-bit words, got number
            { from: /a, as: int16 }                        | {"a":0}                                       | S.p: expected bytes, got number
            { from: key-bytes, as: uint8 }                 | {}                                            | 100
            { from: "header-bytes:b", as: uint8 }          | {}                                            | 66
            { from: "header-bytes:none", as: uint8 }       | {}                                            | S.p: header-bytes:none finds nothing
            { from: /a, bit: 3 }                           | {"a":8}                                       | true
            { from: /a, bit: 3 }                           | {"a":"7"}                                     | false
            { from: /a, bit: 63 }                          | {"a":-1}                                      | true
            { from: /a, bit: 0 }                           | {"a":0.5}                                     | S.p: expected a whole number, got a fraction
            { from: /a, missing: [""] }                    | {"a":"  "}                                    | S.p: the value is listed in missing
            { from: /a, missing: ["n/a "], default: 0 }    | {"a":" n/a"}                                  | 0
            # Texts
            { from: /a, pattern: "^a/([^/]+)/" }           | {"a":"a/b/c"}                                 | "b"
            { from: /a, pattern: "[0-9]+" }                | {"a":"12 kWh"}                                | "12"
            { from: /a, pattern: "(x)?y" }               | {"a":"y"}                                     | S.p: the pattern's group matches nothing
            { from: /a, pattern: "(x)?y", as-text: "$1" } | {"a":"y"}                                    | S.p: the pattern's group matches nothing
            { from: /a, pattern: "(.)/(.)", as-text: "$2_$1$$" } | {"a":"a/b"}                             | "b_a$$"
            { from: /a, pattern: "(.)/(.)", as-text: "fix" } | {"a":"a/b"}                                 | "fix"
            { from: /a, pattern: "x" }                     | {"a":"y"}                                     | S.p: the pattern matches nothing
            { from: /a, pattern: "x", default: none }      | {"a":"y"}                                     | "none"
            { from: /a, pattern: "(a+)+$" }                | {"a":[]}                                      | S.p: expected text, got array
            { from: /a, replace: { ".": "", ",": "." }, type: decimal } | {"a":"1.234,5"}                  | 1234.5
            { from: /a, replace: { "e.f": "x" } }          | {"a":"de.fg"}                                 | "dxg"
            { from: /a, case: lower }                      | {"a":"aB"}                                    | "ab"
            { from: /a, case: upper }                      | {"a":"aB"}                                    | "AB"
            { from: /a, sanitize: _ }                      | {"a":" line 4/ä.b "}                       | "line_4___b"
            { from: /a, sanitize: "" }                     | {"a":"00:1A-x"}                               | "001A-x"
            { from: /a, map: { x: "a b" }, sanitize: _ }   | {"a":"x"}                                     | "a_b"
            { from: /a, sanitize: _ }                      | {"a":[]}                                      | S.p: expected text, got array
            # Values for values
            { from: /a, map: { "ON": true, "OFF": false } } | {"a":"ON"}                                   | true
            { from: /a, map: { "ON": true, "OFF": false } } | {"a":"on"}                                   | S.p: the map has no entry for this value
            { from: /a, map: { "ON": true, "*": false } }  | {"a":"on"}                                    | false
            { from: /a, map: { "1": one, "2.5": more } }   | {"a":1.0}                                     | "one"
            { from: /a, map: { "1": one, "2.5": more } }   | {"a":2.5}                                     | "more"
            { from: /a, map: { "1": open, "0": shut } }    | {"a":true}                                    | "open"
            { from: /a, map: { "1": open, "0": shut } }    | {"a":false}                                   | "shut"
            { from: /a, map: { a.b: 1.50 } }               | {"a":"a.b"}                                   | 1.5
            { from: /a, map: { "1": open } }               | {"a":[]}                                      | S.p: expected text, got array
            # Numbers
            { from: /a, scale: 0.1, offset: -40, round: 1, min: 0, max: 100 } | {"a":1234}                 | 83.4
            { from: /a, scale: 0.1, offset: -40, round: 1, min: 0, max: 100 } | {"a":4}                    | 0
            { from: /a, scale: 0.1, offset: -40, round: 1, min: 0, max: 100 } | {"a":5000}                 | 100
            { from: /a, round: 1 }                         | {"a":2.25}                                    | 2.3
            { from: /a, round: 0 }                         | {"a":-2.5}                                    | -3
            { from: /a, round: 2 }                         | {"a":2.5}                                     | 2.5
            { from: /a, min: 0 }                           | {"a":-2.5}                                    | 0
            { from: /a, max: 0, type: int }                | {"a":2.5}                                     | 0
            { from: /a, pattern: "^[0-9.]+", scale: 1000, type: int } | {"a":"1.5 kW"}                     | 1500
            """)
    void takesItsSteps(String rule, String value, String expected) {
        assertThat(apply(rule, value)).isEqualTo(expected);
    }

    /** The examples of docs/mapping.md. */
    static Stream<Arguments> examples() {
        String page = Yaml.text(Path.of("docs/mapping.md"));
        return page.substring(page.indexOf("<!-- examples -->"), page.indexOf("<!-- end of examples -->"))
                .lines()
                .skip(3)
                .map(line -> line.split("(^| )\\| ?"))
                .map(cells -> Arguments.of(code(cells[3]), code(cells[4]), code(cells[5])));
    }

    private static String code(String cell) {
        return cell.substring(1, cell.length() - 1);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void keepsWhatTheDocumentationSays(String rule, String value, String result) {
        assertThat(apply(rule, value)).isEqualTo(result);
    }

    @Test
    void boundsTheTimeOfAPattern() {
        assertThat(apply("{ from: /a, pattern: '^(a+)+$' }", "{\"a\":\"" + "a".repeat(100_000) + "!\"}"))
                .isEqualTo("S.p: the pattern matches nothing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            { type: int }                                  | : one of a selector (from), a template (text), an expression and a constant (value) is required
            { from: /a, text: b }                          | : one of a selector (from), a template (text), an expression and a constant (value) is required
            { value: 1, map: { a: 1 } }                    | : a constant allows no key but type
            { from: /a, optional: true, default: 1 }       | .optional: is not allowed together with a default
            { from: /a, default: x, type: int }            | .default: the text is not a number
            { from: /a, json: x }                          | .json: 'x' is not a valid selector
            { from: /a, json: key }                        | .json: a JSON Pointer into the text is required, or value for all of it
            { from: /a, bytes: hex }                       | .as: is required: it names the type of the number in the bytes
            { from: /a, at: 1 }                            | .at: is allowed only together with as
            { from: /a, order: little }                    | .order: is allowed only together with as
            { from: /a, bytes: hex, as: int8, at: -1 }     | .at: must be 0 to 65535
            { from: /a, bytes: hex, as: int8, at: 65536 }  | .at: must be 0 to 65535
            { from: /a, bytes: words, as: int8 }           | .as: one byte is less than a word of 16 bits
            { from: /a, bytes: octal, as: int8 }           | .bytes: must be one of base64, hex, words, not 'octal'
            { from: /a, each: /b }                         | .each: is allowed only for '*'
            { from: /a, bit: -1 }                          | .bit: must be 0 to 63
            { from: /a, bit: 64 }                          | .bit: must be 0 to 63
            { from: /a, as-text: x }                       | .as-text: is allowed only together with pattern
            { from: /a, pattern: "(" }                     | .pattern: is not a regular expression: missing closing ) (RE2: without backreferences and lookaround)
            { from: /a, pattern: "(a)", as-text: "$2" }    | .as-text: the pattern has no more than 1 groups
            { from: /a, map: { "true": x } }               | .map.true: YAML reads words such as ON, OFF, yes or no as true: quote the word; the keys of booleans are 1 and 0
            { from: /a, map: { a: x }, type: int }         | .map.a: the text is not a number
            { from: /a, round: -1 }                        | .round: must be 0 to 20
            { from: /a, round: 21 }                        | .round: must be 0 to 20
            { from: /a, min: 2, max: 1 }                   | .max: must not be less than min
            { from: /a, min: "1e500" }                     | .min: is out of range
            { from: /a, round: 1, type: string }           | .type: the type of a computed number must be int, long or decimal
            { from: /a, form: 1 }                          | .form: unknown property; did you mean 'from'?
            "{/a"                                          | : '{/a' has a brace without its other half
            "{/a}}"                                        | : '}' has a brace without its other half
            "{a}"                                          | : 'a' is not a valid selector
            """)
    void isRefusedAtTheStart(String rule, String problem) {
        assertThat(RouteYaml.problems(yaml(rule)))
                .singleElement()
                .asString()
                .matches(text -> text.startsWith("services[0].properties.p" + problem)
                        || text.startsWith("services[0].properties[p]" + problem));
    }

    private static String apply(String rule, String value) {
        return switch (Drafts.only(RouteYaml.route(yaml(rule))
                .map(TestTelemetry.record(1, "d", null, TestTelemetry.header("b", "B")), tree(value)))) {
            case Draft.Unmappable unmappable -> unmappable.rejection().detail();
            case Draft.Nothing nothing -> nothing.toString();
            case Draft.Reportable report ->
                tree(TestTelemetry.text(Drafts.json(report)))
                        .at("/properties/p")
                        .toString();
        };
    }

    private static String yaml(String rule) {
        return """
                to: properties
                device-id: key
                services:
                - id: S
                  properties:
                    p: %s
                """.formatted(rule);
    }

    private static JsonNode tree(String json) {
        return ((Decoding.Decoded) new JsonRecordDecoder().decode(json.getBytes(StandardCharsets.UTF_8))).tree();
    }
}
