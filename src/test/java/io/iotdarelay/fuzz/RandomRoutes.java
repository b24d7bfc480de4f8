package io.iotdarelay.fuzz;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Format;
import io.iotdarelay.mapping.KeyFormat;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteCompiler;
import io.iotdarelay.mapping.RouteProperties;
import io.iotdarelay.mapping.RouteProperties.CsvProperties;
import io.iotdarelay.mapping.RouteProperties.DeadLetterProperties;
import io.iotdarelay.mapping.RouteProperties.DevicesProperties;
import io.iotdarelay.mapping.RouteProperties.EachProperties;
import io.iotdarelay.mapping.RouteProperties.HeaderFormat;
import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.NewGatewayProperties;
import io.iotdarelay.mapping.RouteProperties.ProvisionProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.mapping.RuleProperties;
import io.iotdarelay.model.Validation;
import io.iotdarelay.telemetry.Keep;
import java.lang.reflect.RecordComponent;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Makes the routes of a topic: one, or several that share it. They combine all that a configuration can have; some are wrong, and refused. */
final class RandomRoutes {

    static final String TOPIC = "site4.boiler-2.telemetry";

    /** About a third of the configurations have a mistake. */
    private static final int TRIES = 2;

    /** Formats whose values are lists. */
    private static final Set<Format> LISTS =
            EnumSet.of(Format.JSON_LINES, Format.INFLUX, Format.CSV, Format.SENML, Format.SENML_CBOR);

    private static final List<CsvProperties> CSV = List.of(
            new CsvProperties(List.of("device_id", "v"), ",", "\""),
            new CsvProperties(List.of("device_id", "v"), ";", ""),
            new CsvProperties(List.of("device_id", "v", "ts"), "\t", "'"));

    private final RandomGenerator random;

    private RandomRoutes(RandomGenerator random) {
        this.random = random;
    }

    /**
     * A configuration and what was made of it.
     *
     * @param routes those of the topic; none where the configuration is wrong
     */
    record Attempt(List<RouteProperties> properties, Optional<Routes> compiled) {

        List<Route> routes() {
            return compiled.map(routes -> routes.of(TOPIC)).orElse(List.of());
        }
    }

    static Attempt attempt(RandomGenerator random) {
        Attempt attempt = compiled(new RandomRoutes(random).sharing());
        for (int i = 0; i < TRIES && attempt.compiled().isEmpty(); i++) {
            attempt = compiled(new RandomRoutes(random).sharing());
        }
        return attempt;
    }

    /** The same routes without products of their own. */
    static Attempt withoutProducts(List<RouteProperties> properties) {
        return compiled(properties.stream().map(RandomRoutes::withoutProduct).toList());
    }

    private static Attempt compiled(List<RouteProperties> properties) {
        return new Attempt(
                properties,
                switch (RouteCompiler.compile(properties, Map.of())) {
                    case RouteCompiler.Compilation.Compiled compiled -> Optional.of(compiled.routes());
                    case RouteCompiler.Compilation.Wrong ignored -> Optional.empty();
                });
    }

    private List<RouteProperties> sharing() {
        int count = random.nextInt(5) > 0 ? 1 : 2 + random.nextInt(2);
        Format format = random.nextInt(4) == 0 ? Format.JSON : Names.any(List.of(Format.values()), random);
        Map<String, Object> common = Components.map(
                "format", format,
                "compression",
                        !format.needsSchema() && random.nextInt(3) == 0
                                ? Names.any(List.of(Compression.values()), random)
                                : null,
                "maxValueSize", DataSize.ofKilobytes(random.nextInt(12) == 0 ? 1 : 64),
                "csv",
                        format == Format.CSV || (format == Format.AUTO && random.nextBoolean())
                                ? Names.any(CSV, random)
                                : null,
                "keyFormat", random.nextBoolean() ? KeyFormat.TEXT : Names.any(List.of(KeyFormat.values()), random),
                "deadLetter", random.nextInt(8) == 0 ? new DeadLetterProperties("fuzz.dlt") : null,
                "headerFormat", random.nextInt(3) > 0 ? HeaderFormat.TEXT : HeaderFormat.AMQP);
        boolean byPattern = random.nextInt(10) == 0;
        return IntStream.range(0, count)
                .mapToObj(i -> route(i, byPattern && count == 1, i < count - 1, new LinkedHashMap<>(common)))
                .toList();
    }

    private RouteProperties route(int number, boolean byPattern, boolean conditional, Map<String, Object> route) {
        Target to = Names.any(List.of(Target.values()), random);
        Format format = (Format) Objects.requireNonNull(route.get("format"));
        List<EachProperties> each = LISTS.contains(format) && random.nextInt(8) > 0 ? List.of(level("value")) : each();
        int depth = each.size();
        RandomRules rules = new RandomRules(random, depth, format);
        boolean message = to == Target.MESSAGE;
        boolean own = !message && random.nextInt(4) == 0;
        put(route, "name", "fuzz" + number);
        put(route, "topics", byPattern ? List.of() : List.of(TOPIC));
        put(route, "topicPattern", byPattern ? "site4\\..*" : null);
        put(route, "to", to);
        put(route, "deviceId", rules.id("device_id"));
        put(route, "gatewayId", to == Target.GATEWAY && random.nextBoolean() ? rules.id("gateway") : null);
        put(route, "services", message || own ? List.of() : services(depth, format));
        put(route, "servicesFrom", own && random.nextBoolean() ? servicesFrom(rules) : null);
        put(route, "message", message && random.nextInt(3) > 0 ? message(rules) : null);
        put(route, "product", random.nextInt(3) == 0 ? RandomModels.FIRST : null);
        put(route, "validation", random.nextInt(3) == 0 ? null : Names.any(List.of(Validation.values()), random));
        put(
                route,
                "when",
                conditional || random.nextInt(8) == 0 ? new RandomRules(random, 0, format).condition(2) : null);
        put(route, "each", each);
        put(route, "eachWhen", each.isEmpty() || random.nextInt(3) > 0 ? null : rules.condition(2));
        put(route, "whole", random.nextInt(3) == 0);
        put(route, "devices", random.nextInt(6) == 0 ? devices() : null);
        put(route, "provision", random.nextInt(4) == 0 ? provision(to, rules) : null);
        put(route, "keep", random.nextInt(message ? 20 : 3) == 0 ? Names.any(List.of(Keep.values()), random) : null);
        return Components.make(RouteProperties.class, route);
    }

    private ProvisionProperties provision(Target to, RandomRules rules) {
        boolean constant = random.nextBoolean();
        return new ProvisionProperties(
                Names.any(List.of(".*", "device-[0-9]+", "x("), random),
                constant ? Names.any(List.of("product-1", "{/type}", "no/product"), random) : null,
                constant ? null : rules.id("type"),
                random.nextBoolean() ? null : rules.id("serial"),
                random.nextBoolean() ? null : rules.id("name"),
                Names.any(List.of(0, 1, 100), random),
                random.nextBoolean(),
                to == Target.GATEWAY && random.nextBoolean(),
                to == Target.GATEWAY && random.nextBoolean() ? newGateway(rules) : null);
    }

    private NewGatewayProperties newGateway(RandomRules rules) {
        boolean constant = random.nextBoolean();
        return new NewGatewayProperties(
                ".*",
                constant ? "product-2" : null,
                constant ? null : rules.id("type"),
                rules.id("gateway"),
                random.nextBoolean() ? null : rules.id("name"));
    }

    private DevicesProperties devices() {
        return new DevicesProperties(
                random.nextBoolean() ? null : Names.any(List.of("device-", "device-3", "meter-"), random),
                random.nextBoolean() ? null : Names.any(List.of(".*[0-4]", "device-[0-9]+", "x("), random),
                random.nextBoolean() ? null : Names.any(List.of(Setup.GROUP, "nobody"), random));
    }

    private static void put(Map<String, Object> route, String name, @Nullable Object value) {
        if (value != null) {
            route.put(name, value);
        }
    }

    private List<EachProperties> each() {
        return switch (random.nextInt(8)) {
            case 0 -> List.of(level(Names.any(List.of("/readings", "/readings", "/meters", "/list"), random)));
            case 1 ->
                random.nextInt(3) > 0
                        ? List.of(level("/groups"), level("./items"))
                        : List.of(level("/plants"), level("."));
            case 2 ->
                List.of(level(Names.any(
                        List.of(
                                "value",
                                "",
                                "value",
                                "/readings",
                                "key:",
                                "/services",
                                new RandomRules(random, 0, Format.JSON).pointer()),
                        random)));
            case 3 ->
                random.nextInt(3) > 0
                        ? List.of(level("value"))
                        : List.of(new EachProperties(
                                null, Names.any(List.of("readings[v > 0]", "$", "[1..20000]"), random), true));
            case 4 ->
                random.nextInt(3) > 0
                        ? List.of()
                        : List.of(level("value"), level(Names.any(List.of(".", "./services", "./v"), random)));
            default -> List.of();
        };
    }

    private EachProperties level(String from) {
        return new EachProperties(from, null, random.nextBoolean());
    }

    private RuleProperties servicesFrom(RandomRules rules) {
        return random.nextInt(4) == 0
                ? Components.make(RuleProperties.class, Components.map("expression", "services"))
                : RuleProperties.of(
                        random.nextInt(6) == 0
                                ? rules.selector()
                                : random.nextInt(6) == 0 ? rules.place("services") : "/services");
    }

    private MessageProperties message(RandomRules rules) {
        return new MessageProperties(part(rules), random.nextBoolean() ? null : rules.id("device_id"), part(rules));
    }

    private @Nullable RuleProperties part(RandomRules rules) {
        return random.nextBoolean()
                ? null
                : RuleProperties.of(random.nextBoolean() ? rules.place("label") : rules.selector());
    }

    private List<ServiceProperties> services(int depth, Format format) {
        return IntStream.range(0, random.nextBoolean() ? 1 : 1 + random.nextInt(3))
                .mapToObj(i -> service(i, depth, format))
                .toList();
    }

    private ServiceProperties service(int number, int depth, Format format) {
        List<EachProperties> each = random.nextInt(6) == 0
                ? List.of(level(
                        Names.any(List.of("/readings", "/list", new RandomRules(random, 0, format).pointer()), random)))
                : List.of();
        RandomRules rules = new RandomRules(random, depth + each.size(), format);
        Map<String, RuleProperties> properties = new LinkedHashMap<>();
        int size = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
        for (int p = 0; p < size; p++) {
            properties.put("p" + p, rules.property());
        }
        if (random.nextInt(5) == 0) {
            properties.put("*", random.nextInt(8) == 0 ? rules.membersByGroups() : rules.members(random.nextInt(3)));
        }
        int kind = random.nextInt(8);
        return Components.make(
                ServiceProperties.class,
                Components.map(
                        "id", kind == 0 ? null : kind == 1 ? "Meter{" + rules.place("type") + "}" : "Service" + number,
                        "idFrom", kind == 0 ? RuleProperties.of(rules.place("type")) : null,
                        "eventTime", random.nextBoolean() ? rules.time() : null,
                        "properties", properties,
                        "when", random.nextInt(6) == 0 ? rules.condition(1) : null,
                        "each", each));
    }

    private static RouteProperties withoutProduct(RouteProperties route) {
        Map<String, Object> same = new LinkedHashMap<>();
        for (RecordComponent component : Objects.requireNonNull(RouteProperties.class.getRecordComponents())) {
            if (!component.getName().equals("product")) {
                put(same, component.getName(), Components.get(route, component));
            }
        }
        return Components.make(RouteProperties.class, same);
    }
}
