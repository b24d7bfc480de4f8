package io.iotdarelay.mapping;

import io.iotdarelay.decode.Utf8;
import io.iotdarelay.expression.Evaluation;
import io.iotdarelay.expression.Expression;
import io.iotdarelay.mapping.RouteProperties.HeaderFormat;
import io.iotdarelay.settings.Suggestion;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/**
 * Names one part of a record: a JSON Pointer (RFC 6901) into its value, all of the {@code value}, its {@code key}, {@code timestamp} (in milliseconds
 * since 1970), {@code topic}, or {@code header:NAME}. A pointer may look for an element of an array: {@code [name=temp]}. Key and headers are read as UTF-8 text; of several headers of one
 * name the last counts, as in Kafka. A JSON {@code null} is nothing.
 */
sealed interface Selector {

    /** RFC 6901, section 3. Jackson accepts such a tilde as a literal one. */
    Pattern INVALID_ESCAPE = Pattern.compile("~(?![01]).?");

    /** A selector in a template. */
    Pattern BRACES = Pattern.compile("\\{([^{}]*)}");

    /** A step such as {@code [name=temp]}. */
    Pattern FIND = Pattern.compile("/\\[(?<member>[^/=\\[\\]]+)=(?<text>[^/]*)](?=/|$)");

    /** Selectors that are words. */
    List<String> WORDS = List.of("value", "key", "key-bytes", "timestamp", "topic", "header:");

    /** The time at which the platform receives a report, in the place of a time. */
    String ARRIVAL = "arrival";

    Pattern PATH_ENDS = Pattern.compile("^\\$[.\\[]?|]$");
    Pattern PATH_SIGNS = Pattern.compile("]?[.\\[/]");

    Result<JsonNode> select(Scope scope);

    /** The same without the reason: missing where nothing can be read. A JSON null is what it is. */
    default JsonNode node(Scope scope) {
        return select(scope) instanceof Result.Found<JsonNode> found ? found.value() : MissingNode.getInstance();
    }

    /** Whether it makes values, of any size, that are not in the record's tree. */
    default boolean makesValues() {
        return false;
    }

    /** In how many levels of {@code each} it has a meaning. */
    default int depth() {
        return 0;
    }

    /** What to do where there are not so many. */
    static String tooDeep(String expression, int depth) {
        return depth == 0
                ? "'" + expression + "' is relative to an element, and there is no 'each' here"
                        + (expression.startsWith("./") ? ": write " + expression.substring(1) : "")
                : "'" + expression + "' leads further out than 'each' leads in";
    }

    /** The same for records whose key and headers are written so; throws {@link IllegalArgumentException} that says why it is not possible. */
    default Selector in(KeyAndHeaderFormats formats) {
        return this;
    }

    /** Compiles an expression; throws {@link IllegalArgumentException} that says what is wrong with it. */
    static Selector parse(String expression) {
        if (expression.isEmpty() || expression.startsWith("/")) {
            return path(expression);
        }
        if (expression.startsWith(".")) {
            return relative(expression);
        }
        if (expression.startsWith("key:") && (expression.length() == 4 || expression.charAt(4) == '/')) {
            return new JsonKey(path(expression.substring("key:".length())));
        }
        if (expression.startsWith("header-bytes:") && expression.length() > "header-bytes:".length()) {
            return new HeaderBytes(expression.substring("header-bytes:".length()));
        }
        if (expression.startsWith("header:") && expression.length() > "header:".length()) {
            return new Header(expression.substring("header:".length()), HeaderFormat.TEXT);
        }
        return switch (expression) {
            case "key" -> new Key(KeyFormat.TEXT);
            case "timestamp" -> new Timestamp();
            case "topic" -> new Topic();
            case "value" -> path("");
            case "key-bytes" -> new KeyBytes();
            case ARRIVAL ->
                throw new IllegalArgumentException(
                        "'arrival' is allowed only as a selector of event-time: the time at which IoTDA receives the report");
            default ->
                throw new IllegalArgumentException("'" + expression
                        + "' is not a valid selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp, topic, header:NAME"
                        + Suggestion.of(meant(expression)));
        };
    }

    /** Likewise, of a time: {@code arrival} as well. */
    static Selector ofTime(String expression) {
        return expression.equals(ARRIVAL) ? Arrival.INSTANCE : parse(expression);
    }

    /** The word that is nearly it, or a pointer that goes the way of the path: {@code $.a.b[0]}, {@code a.b}, {@code a/b}. */
    private static String meant(String expression) {
        return Suggestion.nearest(expression, WORDS)
                .orElseGet(() -> "/"
                        + PATH_SIGNS
                                .matcher(PATH_ENDS.matcher(expression).replaceAll(""))
                                .replaceAll("/"));
    }

    /** {@code .}, {@code ./a}, {@code ../a}, {@code .key}, {@code .index}. */
    private static Selector relative(String expression) {
        int out = 0;
        String rest = expression;
        while (rest.startsWith("../")) {
            out++;
            rest = rest.substring("../".length());
        }
        if (rest.equals("..")) {
            return new Relative(out + 1, new Path(expression, path("").hops()));
        }
        if (rest.equals(".key")) {
            return new Name(expression, out);
        }
        if (rest.equals(".index")) {
            return new Index(out);
        }
        if (out > 0) {
            return new Relative(out, new Path(expression, path("/" + rest).hops()));
        }
        if (rest.equals(".") || rest.startsWith("./")) {
            return new Relative(0, new Path(expression, path(rest.substring(1)).hops()));
        }
        throw new IllegalArgumentException(
                "'" + expression + "' is not a valid selector: of an element there are ., ./a, ../a, .key and .index"
                        + Suggestion.of("./" + expression.replaceFirst("^\\.+/?", "")));
    }

    private static Path path(String expression) {
        Matcher invalid = INVALID_ESCAPE.matcher(expression);
        if (invalid.find()) {
            throw new IllegalArgumentException("'" + expression + "' is not a JSON Pointer: '" + invalid.group()
                    + "' is not an escape, write ~0 for ~ and ~1 for /");
        }
        List<Hop> hops = new ArrayList<>();
        int begin = 0;
        Matcher find = FIND.matcher(expression);
        while (find.find()) {
            hops.add(new Hop.Down(JsonPointer.compile(expression.substring(begin, find.start()))));
            hops.add(new Hop.Find(unescaped(find.group("member")), unescaped(find.group("text"))));
            begin = find.end();
        }
        hops.add(new Hop.Down(JsonPointer.compile(expression.substring(begin))));
        return new Path(expression, List.copyOf(hops));
    }

    private static String unescaped(String token) {
        return token.replace("~1", "/").replace("~0", "~");
    }

    /**
     * Down into a tree, step by step.
     *
     * @param expression as it was written
     */
    record Path(String expression, List<Hop> hops) implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return in(scope.value(), scope.work());
        }

        @Override
        public JsonNode node(Scope scope) {
            return go(scope.value(), scope.work());
        }

        private JsonNode go(JsonNode tree, Work work) {
            JsonNode node = tree;
            for (int i = 0; i < hops.size(); i++) {
                node = hops.get(i).from(node, work);
            }
            return node;
        }

        Result<JsonNode> in(JsonNode tree, Work work) {
            JsonNode node = go(tree, work);
            if (node.isMissingNode() || node.isNull()) {
                return Result.nothing(expression.isEmpty() ? "the value is null" : expression + " finds nothing");
            }
            if (Scalars.isNotFinite(node)) {
                return Result.nothing(expression + " is NaN or infinite");
            }
            return Result.found(node);
        }
    }

    /**
     * A path that begins at an element.
     *
     * @param out so many levels of {@code each} further out
     */
    record Relative(int out, Path path) implements Selector {

        /** The steps from the element on. */
        String steps() {
            String expression = path.expression();
            int slash = expression.indexOf('/', 3 * out - 1);
            return slash < 0 ? "" : expression.substring(slash);
        }

        @Override
        public Result<JsonNode> select(Scope scope) {
            return path.in(scope.out(out).here(), scope.work());
        }

        @Override
        public JsonNode node(Scope scope) {
            return path.go(scope.out(out).here(), scope.work());
        }

        @Override
        public int depth() {
            return Math.max(1, out);
        }
    }

    /** The name that an element has in its object. */
    record Name(String expression, int out) implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            String name = scope.out(out).name();
            return name == null
                    ? Result.nothing(expression + " finds nothing: the element is one of an array")
                    : Result.found(JsonNodeFactory.instance.stringNode(name));
        }

        @Override
        public int depth() {
            return out + 1;
        }
    }

    /** Which element of its array or object it is, counted from 0 on. */
    record Index(int out) implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return Result.found(
                    JsonNodeFactory.instance.numberNode(scope.out(out).index()));
        }

        @Override
        public int depth() {
            return out + 1;
        }
    }

    /** A part of a path. */
    sealed interface Hop {

        JsonNode from(JsonNode node, Work work);

        /** To a member, or a member's member. */
        record Down(JsonPointer pointer) implements Hop {
            @Override
            public JsonNode from(JsonNode node, Work work) {
                return node.at(pointer);
            }
        }

        /** To the first element of an array whose member has this text. */
        record Find(String member, String text) implements Hop {
            @Override
            public JsonNode from(JsonNode node, Work work) {
                if (node.isArray()) {
                    for (JsonNode element : node) {
                        JsonNode found = element.path(member);
                        if (!work.allows(found.isString() ? 1 : 1 + Work.size(found))) {
                            break;
                        }
                        if (found.isValueNode() && found.asString().equals(text)) {
                            return element;
                        }
                    }
                }
                return MissingNode.getInstance();
            }
        }
    }

    /** A constant. */
    record Constant(JsonNode node) implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return Result.found(node);
        }
    }

    record Key(KeyFormat format) implements Selector {
        @Override
        public Selector in(KeyAndHeaderFormats formats) {
            return new Key(formats.key());
        }

        @Override
        public Result<JsonNode> select(Scope scope) {
            byte @Nullable [] key = scope.record().key();
            return key == null ? text("key", null) : format.read(key, scope.work());
        }
    }

    /** A part of a key that is JSON. */
    record JsonKey(Path path) implements Selector {
        @Override
        public Selector in(KeyAndHeaderFormats formats) {
            if (!formats.key().isText()) {
                throw new IllegalArgumentException("a part of a binary key cannot be selected: see key-format");
            }
            return this;
        }

        @Override
        public Result<JsonNode> select(Scope scope) {
            return scope.work()
                    .keyTree(scope.record().key())
                    .then(tree -> path.in(tree, scope.work()).as("key"));
        }
    }

    /** The key's bytes, for a rule that decodes them. */
    record KeyBytes() implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return bytes("key-bytes", scope.record().key());
        }
    }

    /** The bytes of a header, for a rule that decodes them. */
    record HeaderBytes(String name) implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return bytes("header-bytes:" + name, last(scope.record(), name));
        }
    }

    /** A text that contains the texts of other selectors. */
    record Template(List<Selector> parts) implements Selector {
        @Override
        public boolean makesValues() {
            return true;
        }

        @Override
        public Selector in(KeyAndHeaderFormats formats) {
            return new Template(parts.stream().map(part -> part.in(formats)).toList());
        }

        @Override
        public Result<JsonNode> select(Scope scope) {
            Result<StringBuilder> text = Result.found(new StringBuilder());
            for (Selector part : parts) {
                text = text.then(begun -> MadeText.isTooLong(begun)
                        ? Result.found(begun)
                        : part.select(scope).then(Scalars::text).then(more -> joined(begun, more, scope.work())));
            }
            return text.then(MadeText::of);
        }

        private static Result<StringBuilder> joined(StringBuilder begun, String more, Work work) {
            return work.allows(more.length()) ? Result.found(begun.append(more)) : Result.failed(Work.TOO_MUCH);
        }

        @Override
        public int depth() {
            int depth = 0;
            for (Selector part : parts) {
                depth = Math.max(depth, part.depth());
            }
            return depth;
        }

        /** Compiles a text with selectors in braces; throws {@link IllegalArgumentException} that says what is wrong. */
        static Template parse(String text) {
            List<Selector> parts = new ArrayList<>();
            Matcher braces = BRACES.matcher(text);
            int begin = 0;
            while (braces.find()) {
                literal(text.substring(begin, braces.start()), parts);
                parts.add(Selector.parse(braces.group(1)));
                begin = braces.end();
            }
            literal(text.substring(begin), parts);
            return new Template(List.copyOf(parts));
        }

        private static void literal(String text, List<Selector> parts) {
            if (text.contains("{") || text.contains("}")) {
                throw new IllegalArgumentException("'" + text + "' has a brace without its other half");
            }
            parts.add(new Constant(JsonNodeFactory.instance.stringNode(text)));
        }
    }

    /**
     * What an expression yields.
     *
     * @param variables the parts of the record that it uses besides the value, by their names in it
     */
    record Computed(Expression expression, Map<String, Selector> variables) implements Selector {

        /** In units of {@link Work}. */
        private static final int EVALUATION = 1000;

        private static final int STEP = 10;

        /** The library has values of its own. */
        private static final int NODE = 5;

        private static final List<String> VARIABLES = List.of("key", "topic", "timestamp", "value");

        /** Compiles; throws {@link IllegalArgumentException} that says what is wrong. */
        static Computed of(String text) {
            Map<String, Selector> variables = new LinkedHashMap<>();
            for (String name : VARIABLES) {
                if (text.contains("$" + name)) {
                    variables.put(name, Selector.parse(name));
                }
            }
            return new Computed(Expression.compile(text), variables);
        }

        @Override
        public boolean makesValues() {
            return true;
        }

        @Override
        public Selector in(KeyAndHeaderFormats formats) {
            Map<String, Selector> encoded = new LinkedHashMap<>();
            variables.forEach((name, selector) -> encoded.put(name, selector.in(formats)));
            return new Computed(expression, encoded);
        }

        @Override
        public Result<JsonNode> select(Scope scope) {
            Work work = scope.work();
            boolean whole = scope.outer() == null || variables.containsKey("value");
            long nodes = whole ? work.nodesOfAll(scope.value()) : Work.nodes(scope.here());
            if (!work.allows(EVALUATION + NODE * nodes)) {
                return Result.failed(Work.TOO_MUCH);
            }
            Map<String, JsonNode> found = new LinkedHashMap<>();
            variables.forEach((name, selector) -> {
                if (selector.select(scope) instanceof Result.Found<JsonNode> known) {
                    found.put(name, known.value());
                }
            });
            return switch (expression.evaluate(
                    scope.here(), found, steps -> scope.work().add((long) STEP * steps))) {
                case Evaluation.Value result -> Result.found(result.tree());
                case Evaluation.Nothing ignored -> Result.nothing("the expression yields nothing");
                case Evaluation.Failed failure -> Result.failed("the expression: " + failure.why());
            };
        }
    }

    record Timestamp() implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return Result.found(JsonNodeFactory.instance.numberNode(
                    scope.record().timestamp().toEpochMilli()));
        }
    }

    /** The time at which the platform receives a report. The relay does not know it: there is nothing to find. */
    record Arrival() implements Selector {

        static final Selector INSTANCE = new Arrival();

        @Override
        public Result<JsonNode> select(Scope scope) {
            return Result.nothing("only IoTDA knows the time of arrival");
        }
    }

    record Topic() implements Selector {
        @Override
        public Result<JsonNode> select(Scope scope) {
            return Result.found(JsonNodeFactory.instance.stringNode(
                    scope.record().position().topic()));
        }
    }

    record Header(String name, HeaderFormat format) implements Selector {
        @Override
        public boolean makesValues() {
            return true;
        }

        @Override
        public Selector in(KeyAndHeaderFormats formats) {
            return new Header(name, formats.headers());
        }

        @Override
        public Result<JsonNode> select(Scope scope) {
            byte @Nullable [] header = last(scope.record(), name);
            return format == HeaderFormat.TEXT || header == null
                    ? text("header:" + name, header)
                    : AmqpValue.read(header).as("header:" + name);
        }
    }

    private static byte @Nullable [] last(SourceRecord record, String name) {
        byte @Nullable [] last = null;
        for (RecordHeader header : record.headers()) {
            if (header.name().equals(name)) {
                last = header.value();
            }
        }
        return last;
    }

    private static Result<JsonNode> bytes(String what, byte @Nullable [] bytes) {
        return bytes == null
                ? Result.nothing(what + " finds nothing")
                : Result.found(JsonNodeFactory.instance.binaryNode(bytes));
    }

    /** UTF-8 text, of {@code what}. */
    static Result<JsonNode> text(String what, byte @Nullable [] bytes) {
        if (bytes == null) {
            return Result.nothing(what + " finds nothing");
        }
        String text = Utf8.strict(bytes);
        return text == null
                ? Result.failed(what + " is not UTF-8 text")
                : Result.found(JsonNodeFactory.instance.stringNode(text));
    }
}
