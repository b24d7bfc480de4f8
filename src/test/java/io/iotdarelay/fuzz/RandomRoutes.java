package io.iotdarelay.fuzz;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Format;
import io.iotdarelay.mapping.ByteOrdering;
import io.iotdarelay.mapping.KeyFormat;
import io.iotdarelay.mapping.Layout;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteCompiler;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.RouteProperties.CsvProperties;
import io.iotdarelay.mapping.RouteProperties.EachProperties;
import io.iotdarelay.mapping.RouteProperties.HeaderFormat;
import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.mapping.ValueType;
import io.iotdarelay.testing.TestRules;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Makes random routes: all kinds of selectors, types, constants, scales and targets. Some are wrong, and refused. */
final class RandomRoutes {

    static final String TOPIC = "topic";

    private static final List<String> PATTERNS = List.of("[0-9]+", "(.)", "^(.*)$", "(a|b)?c?", "(a+)+$", ".{0,50}x");

    private static final List<String> EXPRESSIONS = List.of(
            "$",
            "v * 2",
            "$string($)",
            "**",
            "$sum(**)",
            "$keys($)",
            "$key & $topic",
            "$map($.*, function($x) { $x })",
            "($f := function($x) { $f([$x, $x]) }; $f($))");

    private static final List<String> FACTORS =
            List.of("0.1", "1", "0", "-1", "1e3", "1.8", "1e400", "1e-400", "3.3333333333333333333", "1e999999999");

    private final RandomGenerator random;
    private boolean inEach;

    private RandomRoutes(RandomGenerator random) {
        this.random = random;
    }

    private static final CsvProperties CSV = new CsvProperties(List.of("device_id", "v"), ",", "\"");

    /** A configuration and what was made of it. */
    record Attempt(RouteProperties properties, Optional<Route> route) {

        /** Whether a reading may be reported without a time. */
        boolean mayOmitTimes() {
            return properties.services().stream()
                    .anyMatch(service -> RuleProperties.of("arrival").equals(service.eventTime()));
        }
    }

    static Attempt attempt(RandomGenerator random) {
        RouteProperties properties = new RandomRoutes(random).properties();
        return new Attempt(
                properties,
                switch (RouteCompiler.compile(List.of(properties), Map.of())) {
                    case RouteCompiler.Compilation.Compiled compiled ->
                        Optional.of(compiled.routes().of(TOPIC).getFirst());
                    case RouteCompiler.Compilation.Wrong ignored -> Optional.empty();
                });
    }

    private RouteProperties properties() {
        Format format = random.nextBoolean() ? Format.JSON : Names.any(EncodedValues.FORMATS, random);
        Target to = Names.any(List.of(Target.values()), random);
        List<EachProperties> each = each();
        inEach = !each.isEmpty();
        return new RouteProperties(
                "fuzz",
                List.of(TOPIC),
                null,
                format,
                random.nextInt(4) == 0 ? Names.any(List.of(Compression.values()), random) : null,
                DataSize.ofKilobytes(64),
                format == Format.CSV || format == Format.AUTO ? CSV : null,
                random.nextInt(4) > 0 ? KeyFormat.TEXT : Names.any(List.of(KeyFormat.values()), random),
                random.nextInt(4) > 0 ? HeaderFormat.TEXT : HeaderFormat.AMQP,
                to,
                RuleProperties.of(random.nextBoolean() ? "/device_id" : idSelector()),
                to == Target.GATEWAY && random.nextBoolean() ? RuleProperties.of(idSelector()) : null,
                to == Target.MESSAGE || random.nextInt(4) == 0 ? List.of() : services(),
                to == Target.MESSAGE
                        ? new MessageProperties(optionalSelector(), optionalSelector(), optionalSelector())
                        : null,
                null,
                null,
                random.nextInt(8) == 0 ? condition(2) : null,
                each,
                each.isEmpty() || random.nextBoolean() ? null : condition(2),
                null,
                random.nextBoolean());
    }

    private List<EachProperties> each() {
        List<EachProperties> levels = new ArrayList<>();
        int count = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
        for (int i = 0; i < count; i++) {
            String from = Names.any(i == 0 ? List.of("value", pointer(), "") : List.of(".", "." + pointer()), random);
            levels.add(new EachProperties(from, null, random.nextBoolean()));
        }
        return levels;
    }

    private Map<String, Object> condition(int depth) {
        Map<String, Object> conditions = new LinkedHashMap<>();
        if (depth > 0 && random.nextInt(4) == 0) {
            conditions.put(random.nextBoolean() ? "any" : "all", List.of(condition(depth - 1), condition(depth - 1)));
        } else if (depth > 0 && random.nextInt(4) == 0) {
            conditions.put("not", condition(depth - 1));
        } else {
            conditions.put(selector(), check());
        }
        return conditions;
    }

    private Object check() {
        return switch (random.nextInt(6)) {
            case 0 -> constant();
            case 1 -> List.of(constant(), constant());
            case 2 -> Map.of("exists", random.nextBoolean());
            case 3 -> Map.of("matches", Names.any(PATTERNS, random));
            case 4 -> Map.of("is", List.of("number", "string"));
            default -> Map.of("at-least", random.nextInt(), "below", 1e9);
        };
    }

    private List<ServiceProperties> services() {
        List<ServiceProperties> services = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Map<String, RuleProperties> properties = new LinkedHashMap<>();
            int size = 1 + random.nextInt(3);
            for (int p = 0; p < size; p++) {
                properties.put("p" + p, property());
            }
            if (random.nextInt(8) == 0) {
                properties.put("*", members());
            }
            services.add(new ServiceProperties(
                    "Service" + i,
                    null,
                    random.nextInt(3) == 0 ? RuleProperties.of(timeSelector()) : null,
                    properties,
                    seldom(condition(1)),
                    random.nextInt(6) == 0 ? List.of(new EachProperties(pointer(), null, true)) : List.of()));
        }
        return services;
    }

    private RuleProperties members() {
        boolean listed = random.nextBoolean();
        return new RuleProperties(
                List.of(listed ? Names.any(List.of(".", "./value", "./v"), random) : selector()),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                random.nextBoolean(),
                null,
                null,
                null,
                null,
                null,
                null,
                new RuleProperties.NameProperties(
                        listed && random.nextBoolean() ? List.of("./name", ".key") : null,
                        null,
                        null,
                        seldom(List.of("a*", "*e*")),
                        seldom(List.of("*b")),
                        seldom(Map.of("v", "w")),
                        random.nextBoolean() ? "_" : null,
                        seldom(3)),
                null,
                listed ? List.of(new RouteProperties.EachProperties(pointer(), null, random.nextBoolean())) : null);
    }

    private RuleProperties property() {
        ValueType type = random.nextBoolean() ? null : Names.any(List.of(ValueType.values()), random);
        if (random.nextInt(6) == 0) {
            return TestRules.rule(null, type, null, null, constant());
        }
        if (random.nextInt(3) == 0) {
            return steps(type);
        }
        boolean scaled = random.nextInt(3) == 0;
        return TestRules.rule(
                selector(), scaled ? null : type, scaled ? factor() : null, scaled ? factor() : null, null);
    }

    /** Some steps, each of them seldom: with too many, nothing would come through. */
    private RuleProperties steps(@Nullable ValueType type) {
        boolean packed = random.nextInt(6) == 0;
        boolean templated = random.nextInt(6) == 0;
        String expression = random.nextInt(12) == 0 ? Names.any(EXPRESSIONS, random) : null;
        return new RuleProperties(
                templated || expression != null ? null : List.of(selector(), selector()),
                templated && expression == null ? "{" + selector() + "}-{" + selector() + "}" : null,
                seldom(List.of("0", "", Values.text(random))),
                seldom(pointer()),
                packed && random.nextInt(4) > 0 ? Names.any(List.of(RuleProperties.Encoding.values()), random) : null,
                packed ? random.nextInt(3) : null,
                packed ? Names.any(List.of(Layout.values()), random) : null,
                packed ? Names.any(List.of(ByteOrdering.values()), random) : null,
                seldom(random.nextInt(64)),
                seldom(Names.any(PATTERNS, random)),
                null,
                seldom(Map.of("1", Values.text(random), ".", "")),
                seldom(Names.any(List.of(RuleProperties.LetterCase.values()), random)),
                seldom(Map.of("1", 1, "*", 2)),
                seldom("_"),
                seldom(factor()),
                seldom(factor()),
                seldom(random.nextInt(5)),
                seldom(BigDecimal.ONE),
                seldom(BigDecimal.TEN),
                type,
                random.nextBoolean(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                expression,
                null);
    }

    private <T> @Nullable T seldom(@Nullable T what) {
        return random.nextInt(6) == 0 ? what : null;
    }

    private Object constant() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextInt();
            case 2 -> 2.5;
            default -> Values.text(random);
        };
    }

    private @Nullable BigDecimal factor() {
        return random.nextInt(3) == 0 ? null : new BigDecimal(Names.any(FACTORS, random));
    }

    private String idSelector() {
        return Names.any(List.of("/device_id", "/sensor", "/gateway", "key", "header:id", "topic"), random);
    }

    private String timeSelector() {
        return random.nextInt(3) == 0
                ? selector()
                : Names.any(List.of("/ts", "timestamp", "/event_time", "arrival"), random);
    }

    private @Nullable RuleProperties optionalSelector() {
        return random.nextBoolean() ? null : RuleProperties.of(selector());
    }

    private String selector() {
        if (inEach && random.nextInt(3) == 0) {
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

    private String pointer() {
        StringBuilder pointer = new StringBuilder();
        int length = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(4);
        for (int i = 0; i < length; i++) {
            pointer.append('/').append(Names.name(random).replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }
}
