package io.iotdarelay.mapping;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One step from a value in a record to the reported value. */
sealed interface Step {

    Result<JsonNode> apply(JsonNode node);

    /** The same, if the record may take so much work. */
    default Result<JsonNode> apply(JsonNode node, Work work) {
        return work.allows(weight() * (Work.VALUE + Work.size(node))) ? apply(node) : Result.failed(Work.TOO_MUCH);
    }

    /** What a character takes, in units of {@link Work}. */
    default int weight() {
        return 1;
    }

    /** Some values mean that there is none. */
    record Missing(List<String> texts, List<BigDecimal> numbers) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            boolean missing = node.isNumber()
                    ? numbers.stream().anyMatch(number -> number.compareTo(node.decimalValue()) == 0)
                    : node.isString() && texts.contains(node.asString().strip());
            return missing ? Result.nothing("the value is listed in missing") : Result.found(node);
        }
    }

    /** A part of JSON that is text. */
    record Json(Selector.Path path) implements Step {
        @Override
        public int weight() {
            return 5;
        }

        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return apply(node, new Work());
        }

        /** A search in the JSON counts, too. */
        @Override
        public Result<JsonNode> apply(JsonNode node, Work work) {
            if (!node.isString()) {
                return Result.failed("expected JSON as text, got " + Scalars.kind(node));
            }
            return work.allows(weight() * (Work.VALUE + Work.size(node)))
                    ? EmbeddedJson.read(node.asString()).then(tree -> path.in(tree, work))
                    : Result.failed(Work.TOO_MUCH);
        }
    }

    /**
     * A number in binary data.
     *
     * @param encoding how the bytes are written; null if they are bytes already
     * @param at in bytes
     */
    record Packed(RuleProperties.@Nullable Encoding encoding, int at, Layout layout, ByteOrdering order)
            implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return bytes(node)
                    .then(bytes -> bytes.length - layout.size() < at
                            ? Result.nothing("there are only " + bytes.length + " bytes")
                            : layout.read(order.bigEndian(bytes, at, layout.size())));
        }

        private Result<byte[]> bytes(JsonNode node) {
            return switch (encoding) {
                case null ->
                    node.isBinary()
                            ? Result.found(node.binaryValue())
                            : Result.failed("expected bytes, got " + Scalars.kind(node));
                case BASE64 -> text(node, text -> decoder(text).decode(text));
                case HEX -> text(node, text -> HexFormat.of().parseHex(text));
                case WORDS -> words(node);
            };
        }

        private Result<byte[]> text(JsonNode node, Function<String, byte[]> decode) {
            try {
                return node.isString()
                        ? Result.found(decode.apply(node.asString().strip()))
                        : Result.failed("expected bytes as text, got " + Scalars.kind(node));
            } catch (IllegalArgumentException e) {
                return Result.failed("the text is not in the encoding that 'bytes' names");
            }
        }

        private static Base64.Decoder decoder(String text) {
            return text.contains("-") || text.contains("_") ? Base64.getUrlDecoder() : Base64.getDecoder();
        }

        private static Result<byte[]> words(JsonNode node) {
            if (!node.isArray()) {
                return Result.failed("expected an array of 16-bit words, got " + Scalars.kind(node));
            }
            byte[] bytes = new byte[2 * node.size()];
            for (int i = 0; i < node.size(); i++) {
                JsonNode word = node.get(i);
                if (!word.canConvertToInt() || word.asInt() < Short.MIN_VALUE || word.asInt() > Character.MAX_VALUE) {
                    return Result.failed("word " + i + " is not a 16-bit number");
                }
                bytes[2 * i] = (byte) (word.asInt() >> Byte.SIZE);
                bytes[2 * i + 1] = (byte) word.asInt();
            }
            return Result.found(bytes);
        }
    }

    /** Whether a bit of a whole number is set. */
    record Bit(int number) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return ValueType.LONG
                    .convert(node)
                    .then(whole -> Result.found(JsonNodeFactory.instance.booleanNode(
                            whole.bigIntegerValue().testBit(number))));
        }
    }

    /**
     * What a pattern finds in a text, in time proportional to its length.
     *
     * @param template made of the groups; the first group, or all of the match, without
     */
    record Matched(Pattern pattern, @Nullable GroupTemplate template) implements Step {
        @Override
        public int weight() {
            return Work.weight(pattern);
        }

        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.text(node).then(text -> {
                Matcher matcher = pattern.matcher(text);
                if (!matcher.find()) {
                    return Result.nothing("the pattern matches nothing");
                }
                String found =
                        template == null ? matcher.group(Math.min(1, matcher.groupCount())) : template.fill(matcher);
                return found == null ? Result.nothing("the pattern's group matches nothing") : MadeText.of(found);
            });
        }
    }

    /** Replaces texts by others, one after the other. */
    record Replaced(Map<String, String> texts) implements Step {
        @Override
        public int weight() {
            return texts.size();
        }

        @Override
        public Result<JsonNode> apply(JsonNode node) {
            Result<JsonNode> replaced = Scalars.text(node).then(MadeText::of);
            for (Map.Entry<String, String> entry : texts.entrySet()) {
                replaced = replaced.then(text -> MadeText.replacing(text.asString(), entry.getKey(), entry.getValue()));
            }
            return replaced;
        }
    }

    /** All letters in one case. */
    record Cased(RuleProperties.LetterCase letters) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.text(node)
                    .then(text -> Result.found(JsonNodeFactory.instance.stringNode(
                            letters == RuleProperties.LetterCase.LOWER
                                    ? text.toLowerCase(Locale.ROOT)
                                    : text.toUpperCase(Locale.ROOT))));
        }
    }

    /** One value for another. */
    record Looked(Map<String, JsonNode> values, @Nullable JsonNode others) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.word(node).then(word -> {
                JsonNode value = values.getOrDefault(word, others);
                return value == null ? Result.failed("the map has no entry for this value") : Result.found(value);
            });
        }
    }

    /** Only ASCII letters, digits, {@code _} and {@code -}, which IDs and names may have everywhere. */
    record Sanitized(String replacement) implements Step {
        @Override
        public int weight() {
            return 5;
        }

        private static final java.util.regex.Pattern OTHERS = java.util.regex.Pattern.compile("[^A-Za-z0-9_-]");

        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.text(node)
                    .then(text -> Result.found(JsonNodeFactory.instance.stringNode(OTHERS.matcher(text.strip())
                            .replaceAll(java.util.regex.Matcher.quoteReplacement(replacement)))));
        }
    }

    /** Times {@code scale}, plus {@code offset}: exact decimal arithmetic. */
    record Scaled(BigDecimal scale, BigDecimal offset) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.decimal(node)
                    .then(number -> Result.found(JsonNodeFactory.instance.numberNode(
                            number.multiply(scale).add(offset))));
        }
    }

    /** At most so many digits after the decimal point; rounds half away from zero. */
    record Rounded(int digits) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.decimal(node)
                    .then(number -> Result.found(JsonNodeFactory.instance.numberNode(
                            number.scale() > digits ? number.setScale(digits, RoundingMode.HALF_UP) : number)));
        }
    }

    /** Limited to a range. */
    record Clamped(@Nullable BigDecimal min, @Nullable BigDecimal max) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return Scalars.decimal(node).then(number -> {
                BigDecimal atLeast = min == null ? number : number.max(min);
                return Result.found(JsonNodeFactory.instance.numberNode(max == null ? atLeast : atLeast.min(max)));
            });
        }
    }

    /** Checked against a type of the product model. */
    record Typed(ValueType type) implements Step {
        @Override
        public Result<JsonNode> apply(JsonNode node) {
            return type.convert(node);
        }
    }
}
