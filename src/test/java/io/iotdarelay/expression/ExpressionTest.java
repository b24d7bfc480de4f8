package io.iotdarelay.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExpressionTest {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final JsonNode TREE = MAPPER.readTree("""
            {"v": 2301, "sf": -1, "f": 0.1, "big": 12345678901234567890.123456789012345678, "whole": 123456789012345678901234567890,
             "long": 9007199254740993, "zero": 21.50, "none": null, "s": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "cells": [3.31, 3.33, 3.29],
             "list": [{"n": "x", "v": 1}, {"n": "y", "v": 2.5}], "t": true}
            """);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            v * $power(10, sf)                       | 230.1
            v * f                                    | 230.1
            0.1 + 0.2                                | 0.3
            1 / 3                                    | 0.333333333333333
            big                                      | 12345678901234567890.123456789012345678
            whole                                    | 123456789012345678901234567890
            long                                     | 9007199254740993
            zero                                     | 21.50
            $abs(big)                                | 12345678901234567890.123456789012345678
            $number("12345678901234567.1")           | 12345678901234567.1
            $number(t)                               | 1
            $round(2.345, 2)                         | 2.34
            $round(zero)                             | 22
            $round(1234, -2)                         | 1200
            $max(cells)                              | 3.33
            $sum(list.v)                             | 3.5
            list[n = "y"].v                          | 2.5
            v > 2000 ? "high" : "low"                | "high"
            {"a": list.n, "b": [v]}                  | {"a":["x","y"],"b":[2301]}
            none                                     | nothing
            nosuch                                   | nothing
            $round(nosuch)                           | nothing
            {"a": none}                              | {"a":null}
            $pad("7", -3, "0")                       | "007"
            $pad("7", 3, "ab")                       | "7ab"
            $pad("777", 2)                           | "777"
            $join(list.n, "-")                       | "x-y"
            $join(["", "", "a"], "-")                | "--a"
            $replace("a.b.c", ".", "-")              | "a-b-c"
            $replace("a.b.c", ".", "-", 1)           | "a-b.c"
            $contains("a.b", ".")                    | true
            $contains("a.b", "c")                    | false
            $substringBefore("a.b.c", ".")           | "a"
            $substringBefore("a", ".")               | "a"
            $substringAfter("a.b.c", ".")            | "b.c"
            $substringAfter("a", ".")                | "a"
            $split("a.b.", ".")                      | ["a","b",""]
            $split("a.b.c", ".", 2)                  | ["a","b"]
            $split("abc", "")                        | ["a","b","c"]
            $split("", "")                           | [""]
            $uppercase(list[0].n)                    | "X"
            $key & "/" & $topic                      | "k/t"
            [1..3]                                   | [1,2,3]
            (function($x) { $x * 2 })(v)             | 4602
            """)
    void yieldsValues(String expression, String expected) {
        assertThat(evaluate(expression)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ($f := function($x) { $f($x) }; $f(1))                              | it takes more than 50000 steps
            ($f := function($x) { 1 + $f($x) }; $f(1))                          | it is nested deeper than 100 steps
            ($f := function($n) { $n > 0 ? $f($n - 1) + $f($n - 1) : 0 }; $f(20)) | it takes more than 50000 steps
            $map([1..9999], function($x) { $map([1..9999], function($y) { 1 }) }) | it takes more than 50000 steps
            [1..1000].([1..1000].[1..1000])                                     | a value is too large
            $sum([1..9000000])                                                  | it makes an array of more than 10000 elements
            [1..10000000]                                                       | it makes an array of more than 10000 elements
            $pad("", 900000000)                                                 | it makes a text of more than 65536 characters
            $pad("", -2147483648)                                               | it makes a text of more than 65536 characters
            $replace($pad("", 60000, "a"), "a", $pad("", 60000))                | it makes a text of more than 65536 characters
            $join([1..9999].("ab"), $pad("", 60000))                            | it makes a text of more than 65536 characters
            ($d := function($t, $n) { $n = 0 ? $t : $d($t & $t, $n - 1) }; $d("aaaaaaaa", 40)) | it makes a text of more than 65536 characters
            ($d := function($x, $n) { $n = 0 ? $x : $d({"a": $x, "b": $x}, $n - 1) }; $d({}, 40)) | a value is too large
            ($d := function($x, $n) { $n = 0 ? $x : $d([[$x], [$x]], $n - 1) }; $d([1], 40) = 1) | a value is too large
            ($d := function($x, $n) { $n = 0 ? $x : $d({"a": $x}, $n - 1) }; $d({}, 500)) | its value is nested too deeply
            $contains(s, /^(a+)+$/)                                           | regular expressions are not available
            $map([1..9999], function($x) { $contains($pad("", 30000, "x"), $pad("", 15000, "x") & "y") }) | it takes more than 50000 steps
            $map([1..9999], function($x) { $contains($pad("", 30000, "x"), $pad("", 50, "x") & "y") }) | it takes more than 50000 steps
            $split($pad("", 30000, "x"), "")                                    | it makes an array of more than 10000 elements
            $map([1..9999], function($x) { $substringAfter($pad("", 30000, "x"), $pad("", 900, "x") & "y") }) | it takes more than 50000 steps
            $round(1, 900000000)                                                | it rounds to more than 100 digits
            $replace("a", "", "b")                                              | it replaces an empty text
            $power(10, 4000)                                                    | error D3061
            1 / 0                                                               | error D1001
            "a" * 2                                                             | error T2001
            $uppercase(v)                                                       | error T0410
            $number("x")                                                        | expected a text that is a number
            $number("1e999999999")                                              | a number is out of range
            $nosuch(1)                                                          | error T1006
            function($x) { $x }                                                 | its value is a function
            """)
    void failsWithinItsBounds(String expression, String expected) {
        String outcome = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> evaluate(expression));

        assertThat(outcome).contains(expected);
    }

    @Test
    void whatARecordHoldsCannotExceedTheBounds() {
        String many = IntStream.range(0, 20_000)
                .mapToObj(i -> "{\"a\":[" + i + "]}")
                .collect(Collectors.joining(",", "[", "]"));
        JsonNode tree = MAPPER.readTree("{\"many\":" + many + ",\"n\":1,\"text\":\"" + "x".repeat(200_000) + "\"}");

        for (String expression :
                new String[] {"many", "many.a", "**", "many = many", "$string($)", "$uppercase(text)", "many^(a)"}) {
            Evaluation evaluation = assertTimeoutPreemptively(
                    Duration.ofSeconds(10), () -> Expression.compile(expression).evaluate(tree, Map.of()));
            assertThat(evaluation).as(expression).isInstanceOf(Evaluation.Failed.class);
        }
        assertThat(Expression.compile("n + 1").evaluate(tree, Map.of()))
                .isEqualTo(new Evaluation.Value(Trees.toTree(2, 9)));
    }

    @Test
    void aNumberThatCannotBeWrittenOutIsRefused() {
        assertThat(Expression.compile("'' & a").evaluate(MAPPER.readTree("{\"a\":1e99999999}"), Map.of()))
                .isEqualTo(new Evaluation.Failed("a number is out of range"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$eval('1')",
                "$now()",
                "$millis()",
                "$random()",
                "($e := $eval; 1)",
                "$match(s, /a/)",
                "a.$shuffle(b)"
            })
    void hasNoFunctionsThatCannotBeBounded(String expression) {
        assertThatThrownBy(() -> Expression.compile(expression)).hasMessageContaining("is not available");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "a..", "{", "\"", "a b", "foo(", "[1", "/a", "a :="})
    void wrongExpressionsAreRefused(String expression) {
        assertThatThrownBy(() -> Expression.compile(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an expression of JSONata");
    }

    @Test
    void longAndDeepExpressionsAreRefused() {
        assertThatThrownBy(() -> Expression.compile("a".repeat(10_001)))
                .hasMessageContaining("10000 characters at most");
        assertThatThrownBy(() -> Expression.compile("(".repeat(5_000) + "1" + ")".repeat(4_999)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reachesNoClasses() {
        for (String expression :
                new String[] {"$.getClass()", "v.class", "v.getClass().forName('x')", "$.`class`.`classLoader`"}) {
            assertThat(Expression.compile(expression).evaluate(TREE, Map.of())).isNotInstanceOf(Evaluation.Value.class);
        }
    }

    @Test
    void failuresQuoteNoValue() {
        assertThat(evaluate("v > s")).doesNotContain("2301").doesNotContain("aaa");
        assertThat(evaluate("$number(s)")).doesNotContain("aaa");
        assertThat(evaluate("s * 2")).doesNotContain("aaa");
    }

    @Test
    void aTreeIsNeverChanged() {
        JsonNode copy = TREE.deepCopy();

        assertThat(evaluate("$ ~> |list|{'v': 7}|")).contains("7");
        assertThat(TREE).isEqualTo(copy);
    }

    private static String evaluate(String expression) {
        Evaluation evaluation = Expression.compile(expression)
                .evaluate(TREE, Map.of("key", MAPPER.readTree("\"k\""), "topic", MAPPER.readTree("\"t\"")));
        return switch (evaluation) {
            case Evaluation.Value value -> value.tree().toString();
            case Evaluation.Nothing ignored -> "nothing";
            case Evaluation.Failed failure -> failure.why();
        };
    }
}
