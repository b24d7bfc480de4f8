package io.iotdarelay.mapping;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.settings.SettingsProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermittedDevicesTest {

    private static final String ROUTE = "to: message\ndevice-id: key\n";

    @Test
    void areAllWhereNothingIsSaid() {
        PermittedDevices devices = RouteYaml.sharing(ROUTE).getFirst().devices();

        assertThat(devices.areAll()).isTrue();
        assertThat(devices.permitId(device("any"))).isTrue();
        assertThat(devices.permit(device("any"), null)).isTrue();
    }

    /** IDs count as the platform knows them: whole, and letter by letter. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            prefix: plant-a-        | plant-a-1  | -     | true
            prefix: plant-a-        | plant-a-   | -     | true
            prefix: plant-a-        | plant-ab-1 | -     | false
            prefix: plant-a-        | PLANT-A-1  | -     | false
            prefix: plant-a-        | x-plant-a- | -     | false
            pattern: '[am]-\\d+'    | a-12       | -     | true
            pattern: '[am]-\\d+'    | a-12x      | -     | false
            pattern: '[am]-\\d+'    | xa-12      | -     | false
            group: team-a           | any        | team-a | true
            group: team-a           | any        | Team-a | false
            group: team-a           | any        | -      | false
            prefix: a-, group: b    | a-1        | b      | true
            prefix: a-, group: b    | a-1        | a      | false
            prefix: a-, group: b    | c-1        | b      | false
            prefix: a-, pattern: .*9 | a-9       | -      | true
            prefix: a-, pattern: .*9 | a-8       | -      | false
            """, delimiter = '|')
    void keepToEveryRule(String rules, String id, String group, boolean permitted) {
        PermittedDevices devices = RouteYaml.sharing(ROUTE + "devices: { " + rules + " }")
                .getFirst()
                .devices();

        assertThat(devices.areAll()).isFalse();
        assertThat(devices.permit(device(id), group)).isEqualTo(permitted);
    }

    /** What is wrong must not be a rule less. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                       | devices: at least one of prefix, pattern and group is required
            { prefix: '' }           | devices.prefix: '' begins no device ID
            { prefix: 'a ' }         | devices.prefix: 'a ' begins no device ID
            { prefix: a/ }           | devices.prefix: 'a/' begins no device ID
            { pattern: '(' }         | devices.pattern: is not a regular expression
            { pattern: '(?=a)' }     | devices.pattern: is not a regular expression
            { group: 'team a' }      | devices.group: 1 to 64 letters
            { group: 'a ' }          | devices.group: 1 to 64 letters
            { group: '' }            | devices.group: 1 to 64 letters
            { groups: a }            | devices.groups: unknown property; did you mean 'group'?
            a-                       | devices:
            []                       | devices
            """)
    void areNotAllWhereTheRuleIsWrong(String devices, String problem) {
        assertThat(RouteYaml.problems(ROUTE + "devices: " + devices))
                .isNotEmpty()
                .first()
                .asString()
                .startsWith(problem);
    }

    @Test
    void needARuleWhereTheKeyIsThere() {
        assertThat(RouteYaml.problems(ROUTE + "devices:\n")).isNotEmpty();
    }

    @Test
    void nameTheTopicOfTheirDeadLetters() {
        assertThat(RouteYaml.sharing(ROUTE).getFirst().deadLetterTopic()).isEmpty();
        assertThat(RouteYaml.sharing(ROUTE + "dead-letter.topic: team-a.dlt")
                        .getFirst()
                        .deadLetterTopic())
                .contains("team-a.dlt");
        assertThat(RouteYaml.problems(ROUTE + "dead-letter.topic: no topic"))
                .containsExactly("dead-letter.topic: 'no topic' is not a valid topic name");
        assertThat(RouteYaml.problems(ROUTE + "dead-letter: {}"))
                .containsExactly("dead-letter.topic: '' is not a valid topic name");
        assertThat(RouteYaml.problems(ROUTE + "dead-letter.topic: topic"))
                .containsExactly("topics[0]: is the dead-letter topic");
    }

    /** A pattern of one team does not find the dead letters of another. */
    @Test
    void readNoDeadLettersOfAnotherRoute() {
        Routes routes = compiled("a.dlt", "b.dlt");

        assertThat(routes.of("a.dlt")).isEmpty();
        assertThat(routes.of("b.dlt")).isEmpty();
        assertThat(routes.of("a.telemetry")).hasSize(1);
        assertThat(routes.deadLetterTopic("a.telemetry")).contains("a.dlt");
        assertThat(routes.deadLetterTopic("b.telemetry")).contains("b.dlt");
        assertThat(routes.deadLetterTopic("other")).isEmpty();
        assertThat(routes.deadLetterTopics())
                .extracting(topic -> topic.orElse("standard"))
                .containsExactlyInAnyOrder("a.dlt", "b.dlt");
        assertThat(routes.routes()).extracting(Route::name).containsExactly("a", "b");
    }

    /** The secrets in it would be chosen by whoever produces. */
    @Test
    void writeNoDeadLettersToTheDirectory() {
        assertThat(problems("devices", "b.dlt"))
                .containsExactly("relay.routes[0].dead-letter.topic: is the topic of the device directory");
        assertThat(problems("standard.dlt", "b.dlt")).isEmpty();
    }

    /** A record has one dead letter at most. */
    @Test
    void agreeOnTheDeadLettersOfATopicThatTheyShare() {
        List<String> problems = problems(List.of(
                RouteYaml.properties(ROUTE + "dead-letter.topic: a.dlt\nwhen: { /a: 1 }"),
                RouteYaml.properties(ROUTE + "dead-letter.topic: b.dlt")));

        assertThat(problems)
                .contains("relay.routes[1].topics[0]: routes that share a topic need the same dead-letter.topic:"
                        + " a record has one dead letter at most");
    }

    private static Routes compiled(String first, String second) {
        return ((RouteCompiler.Compilation.Compiled) compile(routes(first, second))).routes();
    }

    private static List<String> problems(String first, String second) {
        return problems(routes(first, second));
    }

    private static List<String> problems(List<RouteProperties> routes) {
        return compile(routes) instanceof RouteCompiler.Compilation.Wrong wrong
                ? wrong.problems().stream().map(SettingsProblem::toString).toList()
                : List.of();
    }

    private static RouteCompiler.Compilation compile(List<RouteProperties> routes) {
        return RouteCompiler.compile(
                routes,
                Map.of("standard.dlt", "the dead-letter topic", "devices", "the topic of the device directory"));
    }

    private static List<RouteProperties> routes(String first, String second) {
        return RouteYaml.all("""
                        - name: a
                          topic-pattern: a\\..*
                          to: message
                          device-id: key
                          dead-letter.topic: %s
                        - name: b
                          topic-pattern: .*\\.(telemetry|dlt)
                          to: message
                          device-id: key
                          dead-letter.topic: %s
                        """.formatted(first, second));
    }
}
