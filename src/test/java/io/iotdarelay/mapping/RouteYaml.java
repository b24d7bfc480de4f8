package io.iotdarelay.mapping;

import io.iotdarelay.decode.Format;
import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.ServiceProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import io.iotdarelay.settings.InvalidSettingsException;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.settings.SettingsReader;
import io.iotdarelay.testing.TestRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

/** Reads routes as the relay does: from YAML. */
public final class RouteYaml {

    private RouteYaml() {}

    /** The only route, without its name and topics. */
    static Route route(String yaml) {
        List<String> problems = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        read(yaml, problems, routes);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems + " in\n" + yaml);
        }
        return routes.getFirst();
    }

    /** Routes that share a topic, called r0, r1 and so on; without their names and topics. */
    public static List<Route> sharing(String... yaml) {
        StringBuilder text = new StringBuilder("relay:\n  routes:\n");
        for (int i = 0; i < yaml.length; i++) {
            text.append("  - name: r")
                    .append(i)
                    .append("\n    topics: [topic]\n")
                    .append(yaml[i].indent(4));
        }
        List<String> problems = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        readAll(text.toString(), problems, routes);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems + " in\n" + text);
        }
        return routes;
    }

    /** A route of this name, which reads a topic of this name. */
    static RouteProperties named(String name) {
        return declared(name, List.of(name), null, Target.MESSAGE, "key", null, List.of(), null, null);
    }

    /** A route whose other properties have their defaults. */
    static RouteProperties declared(
            @Nullable String name,
            List<String> topics,
            @Nullable String pattern,
            @Nullable Target to,
            @Nullable String deviceId,
            @Nullable String gatewayId,
            List<ServiceProperties> services,
            @Nullable MessageProperties message,
            @Nullable Map<String, Object> when) {
        return new RouteProperties(
                name,
                topics,
                pattern,
                Format.JSON,
                null,
                DataSize.ofMegabytes(4),
                null,
                KeyFormat.TEXT,
                RouteProperties.HeaderFormat.TEXT,
                to,
                TestRules.selector(deviceId),
                TestRules.selector(gatewayId),
                services,
                message,
                null,
                null,
                when,
                List.of(),
                null,
                null,
                false,
                null,
                null,
                null,
                null);
    }

    /** What is wrong with the route; paths without {@code relay.routes[0].}. */
    static List<String> problems(String yaml) {
        List<String> problems = new ArrayList<>();
        read(yaml, problems, new ArrayList<>());
        return problems;
    }

    /** All routes, compiled. */
    public static Routes compiled(String routes) {
        return switch (RouteCompiler.compile(all(routes), Map.of())) {
            case RouteCompiler.Compilation.Compiled compiled -> compiled.routes();
            case RouteCompiler.Compilation.Wrong wrong -> throw new AssertionError(wrong.problems());
        };
    }

    /** Routes as they are configured. */
    static List<RouteProperties> all(String routes) {
        try (SettingsReader reader = new SettingsReader(environment("relay:\n  routes:\n" + routes.indent(2)))) {
            return reader.read(RoutesProperties.class).orElseThrow().routes();
        }
    }

    /** The only route as it is configured. */
    static RouteProperties properties(String yaml) {
        try (SettingsReader reader = new SettingsReader(environment(alone(yaml)))) {
            return reader.read(RoutesProperties.class).orElseThrow().routes().getFirst();
        }
    }

    private static void read(String yaml, List<String> problems, List<Route> routes) {
        readAll(alone(yaml), problems, routes);
    }

    private static String alone(String yaml) {
        return "relay:\n  routes:\n  - name: r\n    topics: [topic]\n" + yaml.indent(4);
    }

    private static StandardEnvironment environment(String text) {
        StandardEnvironment environment = new StandardEnvironment();
        try {
            new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), "test"))
                    .forEach(environment.getPropertySources()::addFirst);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }

    private static void readAll(String text, List<String> problems, List<Route> routes) {
        try (SettingsReader reader = new SettingsReader(environment(text))) {
            RoutesProperties properties =
                    reader.readAsFarAsPossible(RoutesProperties.class).orElseThrow();
            switch (RouteCompiler.compile(properties.routes(), Map.of())) {
                case RouteCompiler.Compilation.Compiled compiled ->
                    routes.addAll(compiled.routes().of("topic"));
                case RouteCompiler.Compilation.Wrong wrong -> reader.add(wrong.problems());
            }
            reader.check("relay");
        } catch (InvalidSettingsException e) {
            e.problems().stream()
                    .map(SettingsProblem::toString)
                    .map(problem ->
                            problem.replace("relay.routes[0].", "").replaceAll(" \\(Byte array resource.*\\)$", ""))
                    .forEach(problems::add);
        }
    }
}
