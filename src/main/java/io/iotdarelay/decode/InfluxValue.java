package io.iotdarelay.decode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * InfluxDB's line protocol: an array of {@code {"measurement", "tags", "fields", "time"}}, even of one. The time is as the line
 * has it, in nanoseconds by default; a line without one has no such member.
 */
final class InfluxValue implements ValueReader {

    @Override
    public JsonNode read(byte[] value, Headers headers) throws FormatException {
        ArrayNode points = new Lines(Utf8.text(value), new TreeBudget(value.length)).points();
        if (points.isEmpty()) {
            throw FormatException.empty();
        }
        return points;
    }

    /** Reads from the left to the right. */
    private static final class Lines {

        private static final String NO_FIELD = "a field is neither a number, a boolean nor a quoted string";

        private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,20}");
        private static final Pattern FRACTION =
                Pattern.compile("[+-]?(?:[0-9]{1,400}\\.?[0-9]{0,400}|\\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,9})?");

        private final String text;
        private final TreeBudget budget;
        private int at;
        private int line = 1;

        Lines(String text, TreeBudget budget) {
            this.text = text;
            this.budget = budget;
        }

        ArrayNode points() throws FormatException {
            ArrayNode points = JsonNodeFactory.instance.arrayNode();
            for (skipToLine(); !atEnd(); skipToLine()) {
                points.add(point());
                skip(' ');
                skip('\r');
                if (!atEnd() && next() != '\n') {
                    throw wrong("unexpected text after the timestamp");
                }
            }
            return points;
        }

        /** Over blank lines and comments. */
        private void skipToLine() {
            while (!atEnd()) {
                char next = next();
                if (next == '#') {
                    int end = text.indexOf('\n', at);
                    at = end < 0 ? text.length() : end;
                } else if (next == '\n' || next == '\r' || next == ' ') {
                    line += next == '\n' ? 1 : 0;
                    at++;
                } else {
                    return;
                }
            }
        }

        private ObjectNode point() throws FormatException {
            budget.node();
            ObjectNode point = JsonNodeFactory.instance.objectNode();
            point.put("measurement", word("measurement", ", "));
            ObjectNode tags = point.putObject("tags");
            while (!atEnd() && next() == ',') {
                at++;
                String key = key("tag");
                put(tags, key, JsonNodeFactory.instance.stringNode(word("tag value", ", =")));
            }
            skip(' ');
            ObjectNode fields = point.putObject("fields");
            do {
                String key = key("field");
                put(fields, key, field());
            } while (skipOne(','));
            skip(' ');
            if (!atEnd() && next() != '\n' && next() != '\r') {
                point.set("time", time());
            }
            return point;
        }

        private String key(String what) throws FormatException {
            String key = word(what + " key", ", =");
            if (!skipOne('=')) {
                throw wrong("a " + what + " has no '='");
            }
            return key;
        }

        private void put(ObjectNode object, String key, JsonNode value) throws FormatException {
            budget.node();
            if (object.has(key)) {
                throw wrong("a tag or a field occurs twice");
            }
            object.set(key, value);
        }

        /** Up to one of the characters that end it, which a backslash makes a part of it. */
        private String word(String what, String ends) throws FormatException {
            StringBuilder word = new StringBuilder();
            while (!atEnd() && next() != '\n' && ends.indexOf(next()) < 0) {
                if (next() == '\\' && at + 1 < text.length() && isEscaped(text.charAt(at + 1))) {
                    at++;
                }
                word.append(text.charAt(at++));
            }
            if (word.isEmpty()) {
                throw wrong("a " + what + " is missing");
            }
            return word.toString();
        }

        private static boolean isEscaped(char character) {
            return character == ',' || character == '=' || character == ' ';
        }

        private JsonNode field() throws FormatException {
            if (skipOne('"')) {
                return JsonNodeFactory.instance.stringNode(quoted());
            }
            int start = at;
            while (!atEnd() && ", \r\n".indexOf(next()) < 0) {
                at++;
            }
            return value(text.substring(start, at));
        }

        /** It may hold line ends. */
        private String quoted() throws FormatException {
            StringBuilder quoted = new StringBuilder();
            while (!atEnd() && next() != '"') {
                if (next() == '\\' && at + 1 < text.length() && isQuotedEscape(text.charAt(at + 1))) {
                    at++;
                } else if (next() == '\n') {
                    line++;
                }
                quoted.append(text.charAt(at++));
            }
            if (!skipOne('"')) {
                throw wrong("a quoted string is not closed");
            }
            return quoted.toString();
        }

        private static boolean isQuotedEscape(char character) {
            return character == '"' || character == '\\';
        }

        private JsonNode value(String word) throws FormatException {
            return switch (word) {
                case "t", "T", "true", "True", "TRUE" -> JsonNodeFactory.instance.booleanNode(true);
                case "f", "F", "false", "False", "FALSE" -> JsonNodeFactory.instance.booleanNode(false);
                default ->
                    word.endsWith("i") || word.endsWith("u")
                            ? whole(word.substring(0, word.length() - 1), NO_FIELD)
                            : fraction(word);
            };
        }

        private JsonNode whole(String digits, String otherwise) throws FormatException {
            if (!WHOLE.matcher(digits).matches()) {
                throw wrong(otherwise);
            }
            return NumberNodes.of(new BigInteger(digits));
        }

        private JsonNode fraction(String digits) throws FormatException {
            if (!FRACTION.matcher(digits).matches()) {
                throw wrong(NO_FIELD);
            }
            return NumberNodes.of(new BigDecimal(digits));
        }

        private JsonNode time() throws FormatException {
            int start = at;
            while (!atEnd() && " \r\n".indexOf(next()) < 0) {
                at++;
            }
            return whole(text.substring(start, at), "the timestamp is not a whole number");
        }

        private boolean atEnd() {
            return at == text.length();
        }

        private char next() {
            return text.charAt(at);
        }

        private void skip(char character) {
            while (!atEnd() && next() == character) {
                at++;
            }
        }

        private boolean skipOne(char character) {
            if (atEnd() || next() != character) {
                return false;
            }
            at++;
            return true;
        }

        private FormatException wrong(String what) {
            return new FormatException(what + " (line " + line + ")");
        }
    }
}
