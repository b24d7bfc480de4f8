package io.iotdarelay.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

class SettingsReaderTest {

    enum Color {
        RED,
        DARK_BLUE
    }

    @ConfigurationProperties("relay.one")
    record One(
            @Between(least = "100ms", most = "1m") @DefaultValue("5s")
            Duration delay,

            @Between(least = "1000B", most = "1MB") @DefaultValue("64KB")
            DataSize size,

            @Between(least = "1", most = "9") @DefaultValue("3")
            int count,

            @DefaultValue("red") Color color,
            @DefaultValue List<@Between(least = "0.5", most = "1.5") Double> shares) {}

    @ConfigurationProperties("relay")
    record Routes(@DefaultValue List<Route> routes) {}

    record Route(@Nullable String name, @DefaultValue List<Service> services) {}

    record Service(@DefaultValue Map<String, Rule> properties) {}

    record Rule(
            @Nullable String from,
            @Nullable String type,
            @Nullable Object value) {
        public static Rule of(String from) {
            return new Rule(from, null, null);
        }
    }

    @Test
    void usesDefaultsForWhatIsNotSet() {
        assertThat(reader("").read(One.class))
                .hasValue(new One(Duration.ofSeconds(5), DataSize.ofKilobytes(64), 3, Color.RED, List.of()));
    }

    @Test
    void readsDurationsAndSizesAsSpringWritesThem() {
        assertThat(reader("relay: { one: { delay: 500ms, size: 1MB, count: 9, color: dark-blue } }")
                        .read(One.class))
                .hasValue(new One(Duration.ofMillis(500), DataSize.ofMegabytes(1), 9, Color.DARK_BLUE, List.of()));
    }

    @Test
    void reportsAllErrorsAtOnceWithPathAndLocation() {
        SettingsReader reader = reader("""
                relay:
                  one:
                    delay: soon
                    count: many
                    color: green
                    size: 10MB
                    colour: red
                  two: { a: 1 }
                  three: 3
                """);
        assertThat(reader.read(One.class)).isEmpty();

        assertThat(problems(reader))
                .containsExactlyInAnyOrder(
                        "relay.one.delay: must be a duration such as 500ms, 5s, 10m, not 'soon' (Byte array resource [test] - 3:12)",
                        "relay.one.count: must be a number, not 'many' (Byte array resource [test] - 4:12)",
                        "relay.one.color: must be one of red, dark-blue, not 'green' (Byte array resource [test] - 5:12)",
                        "relay.one.size: must be 1000B to 1MB, not 10MB",
                        "relay.one.colour: unknown property; did you mean 'color'? (Byte array resource [test] - 7:13)",
                        "relay.two.a: unknown property (Byte array resource [test] - 8:13)",
                        "relay.three: unknown property (Byte array resource [test] - 9:10)");
    }

    @Test
    void reportsTheBounds() {
        SettingsReader reader = reader("relay: { one: { count: 10, delay: 2m, size: 1KB, shares: [1.5, 1.6] } }");
        reader.read(One.class);

        assertThat(problems(reader))
                .containsExactlyInAnyOrder(
                        "relay.one.count: must be 1 to 9, not 10",
                        "relay.one.delay: must be 100ms to 1m, not 120s",
                        "relay.one.shares[1]: must be 0.5 to 1.5, not 1.6");
    }

    @Test
    void takesOverWhatOthersFound() {
        SettingsReader reader = reader("");
        reader.add(List.of(new SettingsProblem("relay.x", "is odd")));

        assertThat(problems(reader)).containsExactly("relay.x: is odd");
    }

    @Test
    void isContentWithWhatIsRight() {
        SettingsReader reader = reader("relay: { one: { count: 4 } }");
        reader.read(One.class);

        reader.check("relay");
    }

    @Test
    void keepsNamesOfPropertiesToTheLetter() {
        SettingsReader reader = reader("""
                relay:
                  routes:
                  - name: r
                    services:
                    - properties:
                        temp_c: /a
                        tempC: /b
                        Vo#l: /c
                        "[outside.temp]": /d
                        "[deep.from]": /e
                        温度: /f
                        rule: { from: /g, type: int }
                        "[dotted.rule]": { from: /h }
                        constant: { value: 3 }
                """);

        Routes routes = reader.read(Routes.class).orElseThrow();
        reader.check("relay");

        assertThat(routes.routes().getFirst().services().getFirst().properties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "temp_c", Rule.of("/a"),
                        "tempC", Rule.of("/b"),
                        "Vo#l", Rule.of("/c"),
                        "outside.temp", Rule.of("/d"),
                        "deep.from", Rule.of("/e"),
                        "温度", Rule.of("/f"),
                        "rule", new Rule("/g", "int", null),
                        "dotted.rule", Rule.of("/h"),
                        "constant", new Rule(null, null, 3)));
    }

    @Test
    void reportsUnknownKeysInsideLists() {
        SettingsReader reader = reader("""
                relay:
                  routes:
                  - name: r
                    topic: wrong
                    services:
                    - properties:
                        p: { form: /p }
                """);
        reader.read(Routes.class);

        assertThat(problems(reader))
                .containsExactlyInAnyOrder(
                        "relay.routes[0].topic: unknown property (Byte array resource [test] - 4:12)",
                        "relay.routes[0].services[0].properties[p].form: unknown property; did you mean 'from'? (Byte array resource [test] - 7:20)");
    }

    @Test
    void letsTheEnvironmentOverrideAndIgnoresUnknownVariables() {
        ConfigurableEnvironment environment = environment("relay: { one: { count: 4 } }");
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        Map.of(
                                "RELAY_ONE_COUNT",
                                "7",
                                "RELAY_PORT",
                                "tcp://10.0.0.1:8080",
                                "RELAY_SERVICE_HOST",
                                "10.0.0.1")));
        SettingsReader reader = new SettingsReader(environment);

        assertThat(reader.read(One.class).orElseThrow().count()).isEqualTo(7);
        reader.check("relay");
    }

    @Test
    void resolvesPlaceholders() {
        ConfigurableEnvironment environment = environment("relay: { one: { count: '${four}' } }");
        environment.getPropertySources().addLast(new MapPropertySource("more", Map.of("four", "4")));

        assertThat(new SettingsReader(environment).read(One.class).orElseThrow().count())
                .isEqualTo(4);
    }

    @Test
    void repeatsNoPasswordOfAnAddress() {
        assertThat(new SettingsProblem("relay.a", "'https://user:pass word/@host/x' must be https://HOST"))
                .hasToString("relay.a: 'https://(hidden)@host/x' must be https://HOST");
    }

    private static List<String> problems(SettingsReader reader) {
        InvalidSettingsException invalid =
                catchThrowableOfType(InvalidSettingsException.class, () -> reader.check("relay"));
        return invalid.problems().stream().map(SettingsProblem::toString).toList();
    }

    private static SettingsReader reader(String yaml) {
        return new SettingsReader(environment(yaml));
    }

    private static ConfigurableEnvironment environment(String yaml) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        if (!yaml.isEmpty()) {
            try {
                new YamlPropertySourceLoader()
                        .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "test"))
                        .forEach(environment.getPropertySources()::addLast);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return environment;
    }
}
