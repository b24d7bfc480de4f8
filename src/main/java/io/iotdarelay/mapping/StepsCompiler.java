package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Compiles the steps of a rule, in the order in which they are applied. Errors are recorded, and the invalid parts left out. */
final class StepsCompiler {

    private static final int LAST_BYTE = 65_535;
    private static final int LAST_BIT = 63;
    private static final int MOST_DIGITS = 20;
    private static final String OTHERS = "*";
    private static final Pattern SANITARY = Pattern.compile("[A-Za-z0-9_-]{0,8}");

    private final RuleCompiler.Check check;

    StepsCompiler(RuleCompiler.Check check) {
        this.check = check;
    }

    List<Step> compile(String path, RuleProperties rule) {
        List<Step> steps = new ArrayList<>();
        missing(rule, steps);
        json(path, rule, steps);
        bytes(path, rule, steps);
        if (rule.bit() != null) {
            check.require(rule.bit() >= 0 && rule.bit() <= LAST_BIT, path + ".bit", "must be 0 to 63");
            steps.add(new Step.Bit(Math.clamp(rule.bit(), 0, LAST_BIT)));
        }
        pattern(path, rule.pattern(), rule.asText(), steps);
        replace(rule, steps);
        if (rule.letterCase() != null) {
            steps.add(new Step.Cased(rule.letterCase()));
        }
        map(path, rule, steps);
        sanitize(path, rule, steps);
        numbers(path, rule, steps);
        check.require(steps.isEmpty() || rule.value() == null, path, "a constant allows no key but type");
        if (rule.type() != null) {
            steps.add(new Step.Typed(rule.type()));
        }
        return List.copyOf(steps);
    }

    /** A constant, checked against the type if there is one. */
    @Nullable
    JsonNode constant(String path, Object value, @Nullable ValueType type) {
        return typed(value, type).<@Nullable JsonNode>fold(node -> node, why -> {
            check.require(false, path, why);
            return null;
        });
    }

    private static void missing(RuleProperties rule, List<Step> steps) {
        if (rule.missing() != null) {
            List<BigDecimal> numbers = rule.missing().stream()
                    .map(JsonNodeFactory.instance::stringNode)
                    .map(Scalars::decimal)
                    .flatMap(number -> number.<Stream<BigDecimal>>fold(Stream::of, why -> Stream.empty()))
                    .toList();
            steps.add(
                    new Step.Missing(rule.missing().stream().map(String::strip).toList(), numbers));
        }
    }

    private void json(String path, RuleProperties rule, List<Step> steps) {
        String pointer = rule.json();
        if (pointer == null) {
            return;
        }
        try {
            if (Selector.parse(pointer) instanceof Selector.Path inside) {
                steps.add(new Step.Json(inside));
                return;
            }
            check.require(false, path + ".json", "a JSON Pointer into the text is required, or value for all of it");
        } catch (IllegalArgumentException e) {
            check.require(false, path + ".json", String.valueOf(e.getMessage()));
        }
    }

    private void bytes(String path, RuleProperties rule, List<Step> steps) {
        Layout layout = rule.as();
        check.require(
                layout != null || rule.bytes() == null,
                path + ".as",
                "is required: it names the type of the number in the bytes");
        check.require(layout != null || rule.at() == null, path + ".at", "is allowed only together with as");
        check.require(layout != null || rule.order() == null, path + ".order", "is allowed only together with as");
        int at = Objects.requireNonNullElse(rule.at(), 0);
        check.require(at >= 0 && at <= LAST_BYTE, path + ".at", "must be 0 to " + LAST_BYTE);
        if (layout != null) {
            boolean words = rule.bytes() == RuleProperties.Encoding.WORDS;
            check.require(!words || layout.size() > 1, path + ".as", "one byte is less than a word of 16 bits");
            steps.add(new Step.Packed(
                    rule.bytes(),
                    words ? 2 * at : at,
                    layout,
                    Objects.requireNonNullElse(rule.order(), ByteOrdering.BIG)));
        }
    }

    /** The step of {@code pattern} and {@code as-text}, if there is one. */
    void pattern(String path, @Nullable String pattern, @Nullable String asText, List<Step> steps) {
        check.require(pattern != null || asText == null, path + ".as-text", "is allowed only together with pattern");
        Pattern compiled = pattern == null ? null : check.pattern(path + ".pattern", pattern);
        if (compiled != null) {
            GroupTemplate template = asText == null ? null : new GroupTemplate(asText);
            check.require(
                    template == null || template.groups() <= compiled.groupCount(),
                    path + ".as-text",
                    "the pattern has no more than " + compiled.groupCount() + " groups");
            steps.add(new Step.Matched(compiled, template));
        }
    }

    /** No key is empty: Spring's binder knows none. */
    private static void replace(RuleProperties rule, List<Step> steps) {
        if (rule.replace() != null) {
            steps.add(new Step.Replaced(new LinkedHashMap<>(rule.replace())));
        }
    }

    private void map(String path, RuleProperties rule, List<Step> steps) {
        if (rule.map() == null) {
            return;
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        rule.map().forEach((key, value) -> {
            check.require(
                    !CompilerContext.TRUTH_VALUES.contains(key),
                    path + ".map." + key,
                    "YAML reads words such as ON, OFF, yes or no as " + key
                            + ": quote the word; the keys of booleans are 1 and"
                            + " 0");
            JsonNode node = constant(path + ".map." + key, value, rule.type());
            if (node != null) {
                values.put(key, node);
            }
        });
        JsonNode others = values.remove(OTHERS);
        steps.add(new Step.Looked(values, others));
    }

    private void sanitize(String path, RuleProperties rule, List<Step> steps) {
        if (rule.sanitize() != null) {
            check.require(
                    SANITARY.matcher(rule.sanitize()).matches(),
                    path + ".sanitize",
                    "must be at most 8 letters, digits, '_' and '-'");
            steps.add(new Step.Sanitized(rule.sanitize()));
        }
    }

    private void numbers(String path, RuleProperties rule, List<Step> steps) {
        int before = steps.size();
        if (rule.scale() != null || rule.offset() != null) {
            steps.add(new Step.Scaled(
                    bounded(path + ".scale", rule.scale(), BigDecimal.ONE),
                    bounded(path + ".offset", rule.offset(), BigDecimal.ZERO)));
        }
        if (rule.round() != null) {
            check.require(
                    rule.round() >= 0 && rule.round() <= MOST_DIGITS, path + ".round", "must be 0 to " + MOST_DIGITS);
            steps.add(new Step.Rounded(rule.round()));
        }
        if (rule.min() != null || rule.max() != null) {
            BigDecimal min = bounded(path + ".min", rule.min(), BigDecimal.ZERO);
            BigDecimal max = bounded(path + ".max", rule.max(), BigDecimal.ZERO);
            check.require(
                    rule.min() == null || rule.max() == null || max.compareTo(min) >= 0,
                    path + ".max",
                    "must not be less than min");
            steps.add(new Step.Clamped(rule.min(), rule.max()));
        }
        ValueType type = rule.type();
        check.require(
                steps.size() == before || type == null || type.isNumeric(),
                path + ".type",
                "the type of a computed number must be int, long or decimal");
    }

    /** Numbers in records are bounded so that arithmetic stays cheap; those in rules must be, too. */
    private BigDecimal bounded(String path, @Nullable BigDecimal given, BigDecimal otherwise) {
        BigDecimal number = Objects.requireNonNullElse(given, otherwise);
        check.require(Scalars.isBounded(number), path, "is out of range");
        return number;
    }

    /** A constant as it is configured, of the type if there is one. */
    static Result<JsonNode> typed(Object value, @Nullable ValueType type) {
        Result<JsonNode> node = node(value);
        return type == null ? node : node.then(type::convert);
    }

    private static Result<JsonNode> node(Object value) {
        return switch (value) {
            case Boolean bool -> Result.found(JsonNodeFactory.instance.booleanNode(bool));
            case Number number -> number(number);
            default -> Result.found(JsonNodeFactory.instance.stringNode(value.toString()));
        };
    }

    /** YAML has numbers that are not finite: .nan and .inf. */
    private static Result<JsonNode> number(Number number) {
        return number instanceof Double real && !Double.isFinite(real)
                ? Result.failed("must be a finite number")
                : Result.found(JsonNodeFactory.instance.numberNode(new BigDecimal(number.toString())));
    }
}
