package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.RouteCompiler.Compilation;
import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.testing.TestRules;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteCompilerTest {

    private static final String DEAD_LETTERS = "relay.dlt";
    private static final String NO_SELECTOR =
            "' is not a valid selector: use a JSON Pointer such as /a/b/0, or value, key, timestamp,"
                    + " topic, header:NAME; did you mean '";
    private static final String RULE_OF_NAMES =
            "IoTDA discards this name: it must be 1 to 64 Chinese characters, letters"
                    + " without accents, digits and _?'#().,&%@!-";
    private static final List<ServiceProperties> NO_SERVICES = List.of();

    @Test
    void requiresARoute() {
        assertThat(problems()).containsExactly("relay.routes: at least one route is required");
    }

    @Test
    void reportsEverythingThatIsMissing() {
        assertThat(problems(RouteYaml.declared(null, List.of(), null, null, null, null, NO_SERVICES, null, null)))
                .containsExactly(
                        "relay.routes[0].name: 1 to 64 letters, digits, '.', '_' or '-' are required",
                        "relay.routes[0].to: one of properties, message, gateway is required",
                        "relay.routes[0].device-id: a selector is required",
                        "relay.routes[0].topics: either topics or topic-pattern is required, not both");
    }

    @Test
    void reportsWhatDoesNotFitTheTarget() {
        MessageProperties message = new MessageProperties(of("bad"), of("/id"), of("worse"));

        assertThat(problems(
                        route("a", List.of("t"), null, Target.PROPERTIES, "key", "/g", NO_SERVICES, message),
                        route(
                                "b",
                                List.of("u"),
                                null,
                                Target.MESSAGE,
                                "key",
                                null,
                                services("id", "p", of("/p")),
                                null)))
                .containsExactly(
                        "relay.routes[0].gateway-id: is allowed for 'to: gateway' only",
                        "relay.routes[0].message: is allowed for 'to: message' only",
                        "relay.routes[0].message.name: 'bad" + NO_SELECTOR + "/bad'?",
                        "relay.routes[0].message.content: 'worse" + NO_SELECTOR + "/worse'?",
                        "relay.routes[1].services: is not allowed for 'to: message'");
    }

    @Test
    void reportsInvalidTopics() {
        assertThat(problems(
                        route("a", List.of("t", "no topic", DEAD_LETTERS, "t"), null),
                        route("a", List.of("t"), null),
                        route("c", List.of("v"), "x"),
                        route("d", List.of(), "(")))
                .containsExactly(
                        "relay.routes[0].topics[1]: 'no topic' is not a valid topic name",
                        "relay.routes[0].topics[2]: is the dead-letter topic",
                        "relay.routes[0].topics[3]: 't' is already used by relay.routes[0].topics[0]",
                        "relay.routes[1].name: is already the name of relay.routes[0]",
                        "relay.routes[1].topics[0]: 't' is already used by relay.routes[0].topics[0]: of routes that"
                                + " share a topic, all but one need 'when'",
                        "relay.routes[2].topics: either topics or topic-pattern is required, not both",
                        "relay.routes[3].topic-pattern: is not a regular expression: Unclosed group");
    }

    @Test
    void reportsInvalidServices() {
        List<ServiceProperties> services = List.of(
                new ServiceProperties(null, null, of("when"), Map.of(), null, List.of()),
                new ServiceProperties("x".repeat(65), null, null, Map.of("p", of("/p")), null, List.of()),
                new ServiceProperties("S", null, null, Map.of("y".repeat(65), of("/p")), null, List.of()));

        assertThat(problems(route("a", List.of("t"), null, Target.PROPERTIES, "key", null, services, null)))
                .containsExactly(
                        "relay.routes[0].services[0].id: the service_id of the product model is required, 1 to 64 characters; or id-from, a rule that produces it",
                        "relay.routes[0].services[0].properties: at least one property is required",
                        "relay.routes[0].services[0].event-time: 'when" + NO_SELECTOR + "/when'?",
                        "relay.routes[0].services[1].id: " + RULE_OF_NAMES + "$",
                        "relay.routes[0].services[2].properties." + "y".repeat(65) + ": " + RULE_OF_NAMES);
    }

    @Test
    void keepsAllMessages() {
        assertThat(RouteYaml.problems("to: message\nkeep: latest"))
                .contains("keep: messages are always sent, each of them");
        assertThat(RouteYaml.problems("to: properties\nkeep: latest")).noneMatch(problem -> problem.startsWith("keep"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void reportsNamesThatYamlReadsAsBooleans(String name) {
        List<ServiceProperties> services = List.of(new ServiceProperties(
                "S", null, null, Map.of(name, of("/p"), "on", of("/q"), "True", of("/r")), null, List.of()));

        assertThat(problems(route("a", List.of("t"), null, Target.PROPERTIES, "key", null, services, null)))
                .containsExactly("relay.routes[0].services[0].properties." + name
                        + ": YAML reads words such as on, off, yes or no as " + name + ": quote the name");
    }

    @Test
    void reportsInvalidProperties() {
        assertThat(problems(property(rule(null, null, null, null))))
                .containsExactly(
                        "relay.routes[0].services[0].properties.p: one of a selector (from), a template (text), an"
                                + " expression and a constant (value) is required");
        assertThat(problems(property(rule("/p", null, null, 5))))
                .containsExactly(
                        "relay.routes[0].services[0].properties.p: one of a selector (from), a template (text), an"
                                + " expression and a constant (value) is required");
        assertThat(problems(property(rule("p", null, null, null))))
                .containsExactly("relay.routes[0].services[0].properties.p: 'p" + NO_SELECTOR + "/p'?");
        assertThat(problems(property(rule(null, null, "2", 5))))
                .containsExactly("relay.routes[0].services[0].properties.p: a constant allows no key but type");
        assertThat(problems(property(rule("/p", ValueType.STRING, "2", null))))
                .containsExactly(
                        "relay.routes[0].services[0].properties.p.type: the type of a computed number must be int, long or decimal");
        assertThat(problems(property(rule(null, ValueType.INT, null, "five"))))
                .containsExactly("relay.routes[0].services[0].properties.p.value: the text is not a number");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { value: .nan }                           | value
            { value: .nan, type: decimal }            | value
            { value: .inf, type: string }             | value
            { from: /p, default: -.inf }              | default
            { from: /p, map: { a: .nan, "*": 1 } }    | map.a
            { from: /p, map: { "*": .inf } }          | map.*
            """)
    void refusesConstantsThatAreNoNumbers(String rule, String key) {
        assertThat(RouteYaml.problems(
                        "to: properties\ndevice-id: key\nservices:\n- id: S\n  properties: { p: " + rule + " }"))
                .containsExactly("services[0].properties.p." + key + ": must be a finite number");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            device-id: { from: [] }                                | device-id
            device-id: { from: "" }                                | device-id
            device-id: key~message: { name: { from: [] } }         | message.name
            """)
    void refusesARuleWithoutASelector(String yaml, String path) {
        assertThat(RouteYaml.problems("to: message\n" + yaml.replace('~', '\n')))
                .containsExactly(path + ".from: at least one selector is required");
    }

    @Test
    void refusesTimesAndNamesWithoutASelector() {
        assertThat(RouteYaml.problems("""
                        to: properties
                        device-id: key
                        services:
                        - id: S
                          event-time: { from: [] }
                          properties: { "*": { from: /p, name: { from: [] } } }
                        """))
                .containsExactlyInAnyOrder(
                        "services[0].event-time.from: at least one selector is required",
                        "services[0].properties.*.name.from: at least one selector is required");
    }

    /** Adding 1 to 1e999999999 would write out a billion digits. */
    @Test
    void refusesToComputeWithNumbersBeyondReason() {
        RuleProperties rule = TestRules.rule("/p", null, new BigDecimal("1e401"), new BigDecimal("1e-999999999"), null);

        assertThat(problems(property(rule)))
                .containsExactly(
                        "relay.routes[0].services[0].properties.p.scale: is out of range",
                        "relay.routes[0].services[0].properties.p.offset: is out of range");
    }

    @Test
    void takesScaleWithEveryNumericType() {
        assertThat(problems(property(rule("/p", ValueType.LONG, "2", null)))).isEmpty();
    }

    @Test
    void letsRoutesShareTopicsByConditions() {
        Map<String, Object> when = Map.of("/a", 1);
        Routes routes = compiled(
                sharing("named", List.of("t"), null, when),
                sharing("all", List.of("t", "u"), null, null),
                sharing("found", List.of(), "p.*", when),
                sharing("other", List.of(), ".*", null),
                sharing("rest", List.of(), "p.*", null));

        assertThat(routes.of("t")).extracting(Route::name).containsExactly("named", "all");
        assertThat(routes.of("u")).extracting(Route::name).containsExactly("all");
        assertThat(routes.of("p1")).extracting(Route::name).containsExactly("found", "rest");
        assertThat(routes.of("q")).extracting(Route::name).containsExactly("other");
        assertThat(routes.topics()).containsExactly(Map.entry("t", "named"), Map.entry("u", "all"));
        assertThat(routes.patterns())
                .extracting(pattern -> pattern.route().name())
                .containsExactly("found", "other");
        assertThat(routes.names()).containsExactly("named", "all", "found", "rest", "other");
    }

    @Test
    void refusesTwoRoutesThatTakeAllOfATopic() {
        assertThat(problems(
                        sharing("a", List.of(), "p", null),
                        sharing("b", List.of(), "p", null),
                        sharing("", List.of(), "q", null),
                        RouteYaml.declared("d", List.of(), "q", null, null, null, NO_SERVICES, null, null)))
                .contains(
                        "relay.routes[1].topic-pattern: 'pattern p' is already used by relay.routes[0].topic-pattern: of"
                                + " routes that share a topic, all but one need 'when'");
    }

    @Test
    void findsTheRouteOfATopic() {
        Routes routes = compiled(
                route("named", List.of("telemetry.special"), null),
                route("first", List.of(), "telemetry\\..*"),
                route("second", List.of(), ".*"));

        assertThat(routes.of("telemetry.special")).extracting(Route::name).containsExactly("named");
        assertThat(routes.of("telemetry.any")).extracting(Route::name).containsExactly("first");
        assertThat(routes.of("other")).extracting(Route::name).containsExactly("second");
        assertThat(routes.of(DEAD_LETTERS)).isEmpty();
        assertThat(routes.names()).containsExactly("named", "first", "second");
        assertThat(routes.topics()).containsOnlyKeys("telemetry.special");
        assertThat(routes.patterns()).hasSize(2);
    }

    @Test
    void namesARouteOfSeveralTopicsOnce() {
        assertThat(compiled(route("a", List.of("t", "u"), null)).names()).containsExactly("a");
    }

    private static RouteProperties property(RuleProperties rule) {
        return route("a", List.of("t"), null, Target.PROPERTIES, "key", null, services("S", "p", rule), null);
    }

    private static RouteProperties route(String name, List<String> topics, @Nullable String pattern) {
        return route(name, topics, pattern, Target.PROPERTIES, "key", null, NO_SERVICES, null);
    }

    private static RouteProperties route(
            String name,
            List<String> topics,
            @Nullable String pattern,
            Target to,
            String deviceId,
            @Nullable String gatewayId,
            List<ServiceProperties> services,
            @Nullable MessageProperties message) {
        return RouteYaml.declared(name, topics, pattern, to, deviceId, gatewayId, services, message, null);
    }

    private static List<ServiceProperties> services(String id, String property, RuleProperties rule) {
        return List.of(new ServiceProperties(id, null, null, Map.of(property, rule), null, List.of()));
    }

    private static RuleProperties of(String selector) {
        return RuleProperties.of(selector);
    }

    private static RuleProperties rule(
            @Nullable String from, @Nullable ValueType type, @Nullable String scale, @Nullable Object value) {
        return TestRules.rule(from, type, scale == null ? null : new BigDecimal(scale), null, value);
    }

    private static List<String> problems(RouteProperties... routes) {
        return switch (RouteCompiler.compile(List.of(routes), Map.of(DEAD_LETTERS, "the dead-letter topic"))) {
            case Compilation.Compiled ignored -> List.of();
            case Compilation.Wrong wrong ->
                wrong.problems().stream().map(SettingsProblem::toString).toList();
        };
    }

    private static RouteProperties sharing(
            String name, List<String> topics, @Nullable String pattern, @Nullable Map<String, Object> when) {
        return RouteYaml.declared(name, topics, pattern, Target.MESSAGE, "key", null, NO_SERVICES, null, when);
    }

    private static Routes compiled(RouteProperties... routes) {
        return ((Compilation.Compiled)
                        RouteCompiler.compile(List.of(routes), Map.of(DEAD_LETTERS, "the dead-letter topic")))
                .routes();
    }
}
