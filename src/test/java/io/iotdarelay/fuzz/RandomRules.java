package io.iotdarelay.fuzz;

import io.iotdarelay.decode.Format;
import io.iotdarelay.mapping.ByteOrdering;
import io.iotdarelay.mapping.Layout;
import io.iotdarelay.mapping.RouteProperties.EachProperties;
import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.mapping.ValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes random rules: most of them suit what {@link Values} holds, so that something comes through; the others combine anything with
 * anything.
 */
final class RandomRules {

    private static final List<String> PATTERNS =
            List.of("[0-9]+", "(.)", "^(.*)$", "(a|b)?c?", "(a+)+$", ".{0,50}x", "^([^/]+)/([^/]+)/", "(?i)on|off");

    private static final List<String> EXPRESSIONS = List.of(
            "$",
            "v * 2",
            "temp + v",
            "$string(v)",
            "$string($)",
            "**",
            "$sum(**)",
            "$keys($)",
            "$key & $topic",
            "$value.v",
            "$timestamp - 1",
            "list[name='temp'].value",
            "$map($.*, function($x) { $x })",
            "$join($map([1..100], $string), ',')",
            "[1..9999]",
            "$reduce(regs, function($a, $b) { $a * 256 + $b })",
            "($f := function($x) { $f([$x, $x]) }; $f($))");

    private static final List<String> FACTORS =
            List.of("0.1", "1", "0", "-1", "1e3", "1.8", "1e400", "1e-400", "3.3333333333333333333", "1e999999999");

    private static final List<String> NUMBERS = List.of("v", "temp", "ts", "value", "flags");

    /** Formats whose values are no objects as {@link Values} makes them. */
    private static final Set<Format> OTHER_SHAPES =
            EnumSet.of(Format.TEXT, Format.BYTES, Format.INFLUX, Format.SENML, Format.SENML_CBOR);

    private static final List<String> UNITS = List.of("seconds", "milliseconds", "microseconds", "nanoseconds");

    private final RandomGenerator random;
    private final int depth;
    private final Format format;

    /**
     * Rules.
     *
     * @param depth in how many levels of {@code each} they are
     * @param format that of the values
     */
    RandomRules(RandomGenerator random, int depth, Format format) {
        this.random = random;
        this.depth = depth;
        this.format = format;
    }

    /** A rule of a property. */
    RuleProperties property() {
        Map<String, Object> rule = new LinkedHashMap<>();
        switch (random.nextInt(18)) {
            case 0 -> constant(rule);
            case 1, 2 -> number(rule);
            case 3, 4 -> packed(rule);
            case 5 -> bit(rule);
            case 6 -> pattern(rule);
            case 7 -> decimalComma(rule);
            case 8 -> letters(rule);
            case 9 -> map(rule);
            case 10 -> json(rule);
            case 11 -> expression(rule);
            case 12 -> rule.put("text", "{" + place("v") + "}-{" + selector() + "}");
            case 13, 14 -> typed(rule);
            case 15 -> rule.put("from", List.of(find()));
            case 16 -> anything(rule);
            default -> rule.put("from", List.of(selector()));
        }
        absent(rule);
        return make(rule);
    }

    /** A rule that yields an object, or the value of an element. */
    RuleProperties members(int levels) {
        Map<String, Object> rule = new LinkedHashMap<>();
        boolean named = random.nextBoolean();
        boolean inElement = levels + depth > 0;
        RandomRules inside = new RandomRules(random, depth + levels, format);
        if (levels > 0 || (inElement && random.nextInt(3) > 0)) {
            rule.put("from", List.of(Names.any(List.of(".", "./value", "./v", "./v"), random)));
            rule.put("name", name(levels == 0 || random.nextInt(4) > 0, inside));
            if (levels > 0) {
                rule.put("each", eachOf(levels));
            }
        } else {
            rule.put(
                    "from",
                    List.of(
                            random.nextInt(3) == 0
                                    ? selector()
                                    : place(Names.any(List.of("meters", "payload"), random))));
            if (named) {
                rule.put("name", name(false, inside));
            }
        }
        if (random.nextInt(4) == 0) {
            rule.put("type", Names.any(List.of(ValueType.DECIMAL, ValueType.STRING, ValueType.JSON_OBJECT), random));
        }
        if (random.nextInt(4) > 0) {
            rule.put("optional", true);
        }
        return make(rule);
    }

    private List<EachProperties> eachOf(int levels) {
        return levels == 1
                ? List.of(each(Names.any(List.of("/list", "/readings", "/meters", pointer()), random)))
                : List.of(each("/groups"), each("./items"));
    }

    private EachProperties each(String from) {
        return new EachProperties(from, null, random.nextBoolean());
    }

    private RuleProperties.NameProperties name(boolean from, RandomRules inside) {
        return Components.make(
                RuleProperties.NameProperties.class,
                Components.map(
                        "from",
                        from ? List.of("./name", inside.depth > 0 ? ".key" : "key") : null,
                        "pattern",
                        from ? seldom("([^/]+)$") : null,
                        "asText",
                        null,
                        "include",
                        seldom(List.of("a*", "*e*", "v*")),
                        "exclude",
                        seldom(List.of("*b", "device_id")),
                        "rename",
                        seldom(Components.map("v", "w", "temp", "temperature")),
                        "sanitize",
                        random.nextBoolean() ? Names.any(List.of("_", "", "--"), random) : null,
                        "atMost",
                        seldom(random.nextInt(20))));
    }

    /** The same with a text made of groups, which needs a pattern. */
    private RuleProperties.NameProperties madeOfGroups() {
        return Components.make(
                RuleProperties.NameProperties.class,
                Components.map("from", List.of("./name"), "pattern", "(.)(.*)$", "asText", "$2_$1"));
    }

    RuleProperties membersByGroups() {
        return make(Components.map(
                "from", List.of("./value"), "each", List.of(each("/list")), "name", madeOfGroups(), "optional", true));
    }

    /** A device's ID. */
    RuleProperties id(String usual) {
        Map<String, Object> rule = new LinkedHashMap<>();
        if (OTHER_SHAPES.contains(format) && random.nextInt(4) > 0) {
            rule.put("from", List.of(Names.any(List.of("key", "header:id"), random), "key"));
            return make(rule);
        }
        switch (random.nextInt(16)) {
            case 0 ->
                rule.put(
                        "from",
                        List.of(Names.any(List.of("key", "header:id", "topic", "key:/device_id", "key:"), random)));
            case 1 -> rule.put("text", "{" + place(usual) + "}_{" + place("v") + "}");
            case 2 -> {
                rule.put("from", List.of(place(usual), "key"));
                rule.put("sanitize", "_");
                rule.put("letterCase", Names.any(List.of(RuleProperties.LetterCase.values()), random));
            }
            case 3 -> {
                rule.put("from", List.of("/" + usual));
                rule.put("pattern", "device-([0-9]+)");
                rule.put("asText", random.nextBoolean() ? "d-$1" : null);
            }
            case 4 ->
                rule.put(
                        "from",
                        List.of(
                                depth == 0
                                        ? "key"
                                        : depth == 1
                                                ? Names.any(List.of(".key", ".index", "../device_id"), random)
                                                : Names.any(List.of("../.key", ".key", "../.key"), random)));
            case 5 -> rule.put("expression", "device_id & '-x'");
            case 6, 7, 8, 9, 10 -> rule.put("from", List.of(place(usual)));
            default -> rule.put("from", List.of(place(usual), "/" + usual, "key"));
        }
        return make(rule);
    }

    /** When a reading was taken. */
    RuleProperties time() {
        Map<String, Object> rule = new LinkedHashMap<>();
        switch (random.nextInt(7)) {
            case 0 -> {
                rule.put("from", List.of(place("ts"), "/ts", "timestamp"));
                rule.put("format", Names.any(UNITS, random));
                rule.put("notBefore", random.nextBoolean() ? "1960-01-01" : null);
            }
            case 1 -> {
                rule.put("from", List.of(place("taken"), "/taken"));
                rule.put(
                        "format",
                        Names.any(
                                List.of("dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "HH:mm"),
                                random));
                rule.put(
                        "zone",
                        Names.any(
                                List.of("Europe/Berlin", "UTC", "+08:00", "Asia/Shanghai", "America/Nowhere"), random));
            }
            case 2 -> {
                rule.put("from", List.of(place("ts"), random.nextBoolean() ? "timestamp" : "arrival"));
                rule.put(
                        "notBefore",
                        Names.any(
                                List.of("2020-01-01", "1960-01-01", "2021-01-01T00:00:00Z", "2026-01-01", "soon"),
                                random));
                rule.put(
                        "maxAhead",
                        Names.any(List.of(Duration.ZERO, Duration.ofDays(30), Duration.ofDays(36_500)), random));
            }
            case 3 -> rule.put("from", List.of(selector(), "timestamp"));
            case 4 -> rule.put("expression", "ts");
            default -> rule.put("from", List.of(place("ts"), "timestamp"));
        }
        return make(rule);
    }

    private void constant(Map<String, Object> rule) {
        ValueType type = random.nextBoolean() ? null : Names.any(List.of(ValueType.values()), random);
        rule.put("value", constant());
        rule.put("type", type);
    }

    Object constant() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextInt(100);
            case 2 -> 2.5;
            default -> Names.any(List.of("ON", "good", "", "x", "5"), random);
        };
    }

    private void number(Map<String, Object> rule) {
        rule.put("from", List.of(place(Names.any(NUMBERS, random)), place("v")));
        if (random.nextInt(3) > 0) {
            rule.put("scale", factor());
            rule.put("offset", random.nextBoolean() ? factor() : null);
        }
        rule.put("round", random.nextInt(3) == 0 ? random.nextInt(22) : null);
        if (random.nextInt(3) == 0) {
            rule.put("min", new BigDecimal("-5.25"));
        }
        if (random.nextInt(3) == 0) {
            rule.put("max", new BigDecimal("100"));
        }
        if (random.nextBoolean()) {
            rule.put("type", Names.any(List.of(ValueType.DECIMAL, ValueType.INT, ValueType.LONG), random));
        }
        missing(rule);
    }

    private void missing(Map<String, Object> rule) {
        if (random.nextInt(3) == 0) {
            rule.put("missing", List.of("0", "", "NaN", "65535", Names.any(List.of("1", " "), random)));
        }
    }

    private BigDecimal factor() {
        return new BigDecimal(Names.any(random.nextInt(3) == 0 ? FACTORS : FACTORS.subList(0, 6), random));
    }

    private void packed(Map<String, Object> rule) {
        RuleProperties.Encoding encoding = Names.any(List.of(RuleProperties.Encoding.values()), random);
        switch (random.nextInt(5)) {
            case 0 -> rule.put("from", List.of("key-bytes"));
            case 1 -> rule.put("from", List.of("header-bytes:id"));
            default -> {
                rule.put("bytes", encoding);
                rule.put(
                        "from",
                        List.of(
                                switch (encoding) {
                                    case HEX -> place("hex");
                                    case BASE64 -> "/b64";
                                    case WORDS -> "/regs";
                                }));
            }
        }
        rule.put("at", random.nextInt(3) == 0 ? random.nextInt(random.nextInt(10) == 0 ? 70_000 : 6) : null);
        rule.put("as", Names.any(List.of(Layout.values()), random));
        rule.put("order", random.nextBoolean() ? null : Names.any(List.of(ByteOrdering.values()), random));
        rule.put("scale", seldom(factor()));
    }

    private void bit(Map<String, Object> rule) {
        rule.put("from", List.of(place(Names.any(List.of("flags", "v"), random))));
        rule.put("bit", random.nextInt(20) == 0 ? 64 : random.nextInt(64));
    }

    private void pattern(Map<String, Object> rule) {
        boolean groups = random.nextBoolean();
        rule.put("from", List.of(place(Names.any(List.of("label", "state", "kwh", "v"), random)), "/label", "topic"));
        rule.put("pattern", groups ? "^([^/]+)/([^/]+)/" : Names.any(PATTERNS, random));
        rule.put("asText", groups ? Names.any(List.of("$1_$2", "$2", "x", "$3"), random) : null);
    }

    private void decimalComma(Map<String, Object> rule) {
        rule.put("from", List.of("/kwh", place("v")));
        rule.put("replace", Components.map(".", "", ",", "."));
        rule.put("type", random.nextBoolean() ? ValueType.DECIMAL : null);
        rule.put("round", random.nextBoolean() ? 1 : null);
    }

    private void letters(Map<String, Object> rule) {
        rule.put("from", List.of(place(Names.any(List.of("state", "device_id", "hex", "type"), random))));
        rule.put("letterCase", Names.any(List.of(RuleProperties.LetterCase.values()), random));
        rule.put("sanitize", random.nextBoolean() ? null : Names.any(List.of("_", "", "-x-", "?"), random));
        rule.put(
                "type",
                random.nextBoolean()
                        ? null
                        : Names.any(List.of(ValueType.STRING, ValueType.ENUM, ValueType.DATE_TIME), random));
    }

    private void map(Map<String, Object> rule) {
        rule.put("from", List.of(place("state")));
        rule.put(
                "map",
                random.nextBoolean()
                        ? Components.map("ON", true, "OFF", false, "1", true, "*", false)
                        : Components.map("ON", 1, "OFF", 0));
        missing(rule);
    }

    private void json(Map<String, Object> rule) {
        rule.put("from", List.of("/json"));
        rule.put("json", Names.any(List.of("/rpm", "/a/1", "", "/[x", "/~2"), random));
    }

    private void expression(Map<String, Object> rule) {
        rule.put("expression", Names.any(EXPRESSIONS, random));
        rule.put(
                "type",
                random.nextInt(3) > 0
                        ? null
                        : Names.any(List.of(ValueType.DECIMAL, ValueType.JSON_OBJECT, ValueType.STRING), random));
    }

    private void typed(Map<String, Object> rule) {
        ValueType type = Names.any(List.of(ValueType.values()), random);
        rule.put("type", type);
        rule.put(
                "from",
                List.of(
                        random.nextInt(4) == 0
                                ? selector()
                                : switch (type) {
                                    case INT, LONG, DECIMAL -> place(Names.any(NUMBERS, random));
                                    case STRING, ENUM, DATE_TIME ->
                                        place(Names.any(List.of("state", "type", "device_id", "ts"), random));
                                    case BOOLEAN -> place("state");
                                    case JSON_OBJECT ->
                                        Names.any(List.of("/payload", "/meters", depth > 0 ? "." : "value"), random);
                                    case STRING_LIST -> "/texts";
                                }));
    }

    /** Each step seldom: with too many, nothing would come through. */
    private void anything(Map<String, Object> rule) {
        rule.put("from", List.of(selector(), selector()));
        rule.put("missing", seldom(List.of("0", "")));
        rule.put("json", seldom(pointer()));
        rule.put("bytes", seldom(Names.any(List.of(RuleProperties.Encoding.values()), random)));
        rule.put("as", rule.get("bytes") == null ? null : Names.any(List.of(Layout.values()), random));
        rule.put("bit", seldom(random.nextInt(64)));
        rule.put("pattern", seldom(Names.any(PATTERNS, random)));
        rule.put("replace", seldom(Components.map("1", Values.text(random), ".", "")));
        rule.put("letterCase", seldom(Names.any(List.of(RuleProperties.LetterCase.values()), random)));
        rule.put("map", seldom(Components.map("1", 1, "*", 2)));
        rule.put("sanitize", seldom("_"));
        rule.put("scale", seldom(factor()));
        rule.put("offset", seldom(factor()));
        rule.put("round", seldom(random.nextInt(5)));
        rule.put("min", seldom(BigDecimal.ONE));
        rule.put("max", seldom(BigDecimal.TEN));
        rule.put("type", seldom(Names.any(List.of(ValueType.values()), random)));
    }

    /** What holds where there is no value. */
    private void absent(Map<String, Object> rule) {
        if (rule.containsKey("value")) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3, 4 -> rule.put("optional", true);
            case 5 -> rule.put("otherwise", rule.get("type") == ValueType.BOOLEAN ? "1" : constant());
            default -> {}
        }
    }

    private <T> @Nullable T seldom(@Nullable T what) {
        return random.nextInt(6) == 0 ? what : null;
    }

    private static RuleProperties make(Map<String, ?> rule) {
        return Components.make(RuleProperties.class, rule);
    }

    /** A member of the element, or of the record. */
    String place(String name) {
        if (OTHER_SHAPES.contains(format) && random.nextInt(6) > 0) {
            return otherPlace(name);
        }
        if (depth > 0 && random.nextInt(8) > 0) {
            return (depth > 1 && random.nextInt(8) == 0 ? "../" : "./") + name;
        }
        return "/" + name;
    }

    private String otherPlace(String name) {
        if (format == Format.TEXT || format == Format.BYTES || depth == 0) {
            return "value";
        }
        boolean time = name.equals("ts") || name.equals("taken");
        if (format == Format.INFLUX) {
            return time
                    ? "./time"
                    : Names.any(List.of("./fields/v", "./fields/temp", "./fields", "./measurement"), random);
        }
        return time ? "./t" : Names.any(List.of("./v", "./v", "./n"), random);
    }

    private String find() {
        return "/list/[name=" + Names.any(List.of("temp", "v", "nobody"), random) + "]/value";
    }

    /** Anything that can be selected. */
    String selector() {
        if (depth > 0 && random.nextInt(3) == 0) {
            return Names.any(List.of(".", ".key", ".index", "." + pointer(), ".." + pointer()), random);
        }
        return switch (random.nextInt(8)) {
            case 0 -> "key";
            case 1 -> "timestamp";
            case 2 -> "topic";
            case 3 -> "header:id";
            case 4 ->
                Names.any(
                        List.of(
                                "value",
                                "key-bytes",
                                "header-bytes:id",
                                "key:/device_id",
                                "/services/[service_id=v]/properties"),
                        random);
            default -> pointer();
        };
    }

    /** A pointer into the record. */
    String pointer() {
        StringBuilder pointer = new StringBuilder();
        int length = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(4);
        for (int i = 0; i < length; i++) {
            pointer.append('/').append(Names.name(random).replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }

    /** Conditions of the record, or of the element. */
    Map<String, Object> condition(int nesting) {
        Map<String, Object> conditions = new LinkedHashMap<>();
        if (nesting > 0 && random.nextInt(4) == 0) {
            List<Object> several = new ArrayList<>(List.of(condition(nesting - 1), condition(nesting - 1)));
            conditions.put(random.nextBoolean() ? "any" : "all", several);
        } else if (nesting > 0 && random.nextInt(4) == 0) {
            conditions.put("not", condition(nesting - 1));
        } else {
            conditions.put(
                    random.nextInt(3) == 0
                            ? selector()
                            : place(Names.any(List.of("type", "state", "v", "temp"), random)),
                    check());
        }
        return conditions;
    }

    private Object check() {
        return switch (random.nextInt(7)) {
            case 0 -> constant();
            case 1 -> List.of(constant(), "ON", "good", constant());
            case 2 -> Components.map("exists", random.nextInt(4) > 0);
            case 3 -> Components.map("matches", Names.any(PATTERNS, random));
            case 4 -> Components.map("is", List.of("number", "string", Names.any(List.of("array", "null"), random)));
            case 5 -> Components.map("at-least", -500, "below", random.nextInt(600));
            default -> Components.map("above", -500, "at-most", random.nextInt(600));
        };
    }
}
