package io.iotdarelay.mapping;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles the configured routes, and lists all errors in them. */
public final class RouteCompiler {

    /** The purpose of reserved topics to which dead letters go. */
    public static final String DEAD_LETTERS = "the dead-letter topic";

    /** Of a route, or of a group of devices. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Requirements requirements = new Requirements("relay.routes");
    private final Map<String, String> namesTaken = new HashMap<>();
    private final TopicsCompiler topics;

    private RouteCompiler(Map<String, String> reserved) {
        this.topics = new TopicsCompiler(this::require, reserved);
    }

    /** Routes, or the errors. */
    public sealed interface Compilation {

        record Compiled(Routes routes) implements Compilation {}

        record Wrong(List<SettingsProblem> problems) implements Compilation {}
    }

    /**
     * Compiles.
     *
     * @param reserved topics that no route may read, each with its purpose: dead letters would loop forever, and a
     *     directory contains secrets. Routes' own dead-letter topics are added.
     */
    public static Compilation compile(List<RouteProperties> routes, Map<String, String> reserved) {
        RouteCompiler compiler = new RouteCompiler(withDeadLetters(routes, reserved));
        for (int i = 0; i < routes.size(); i++) {
            compiler.compile("[" + i + "]", routes.get(i));
        }
        List<SettingsProblem> problems = new ArrayList<>(compiler.requirements.problems());
        if (routes.isEmpty()) {
            problems.add(new SettingsProblem("relay.routes", "at least one route is required"));
        }
        return problems.isEmpty()
                ? new Compilation.Compiled(compiler.topics.routes(RouteShapes.of(routes)))
                : new Compilation.Wrong(problems);
    }

    /** What is reserved already keeps its purpose. */
    private static Map<String, String> withDeadLetters(List<RouteProperties> routes, Map<String, String> reserved) {
        Map<String, String> all = new HashMap<>(reserved);
        for (RouteProperties route : routes) {
            Optional.ofNullable(route.deadLetter())
                    .map(RouteProperties.DeadLetterProperties::topic)
                    .ifPresent(topic -> all.putIfAbsent(topic, DEAD_LETTERS));
        }
        return all;
    }

    private void compile(String path, RouteProperties route) {
        String name = Objects.requireNonNullElse(route.name(), "");
        require(NAME.matcher(name).matches(), path + ".name", "1 to 64 letters, digits, '.', '_' or '-' are required");
        String twin = namesTaken.putIfAbsent(name, path);
        require(twin == null, path + ".name", "is already the name of relay.routes" + twin);
        topics.add(path, route, route(path, name, route));
    }

    private @Nullable Route route(String path, String name, RouteProperties route) {
        Encoding encoding = new EncodingCompiler(this::require).compile(path, route);
        CompilerContext context =
                new CompilerContext(this::require, new KeyAndHeaderFormats(route.keyFormat(), route.headerFormat()), 0);
        Condition when = new ConditionCompiler(context).compile(path + ".when", route.when());
        Each each = new EachCompiler(context).compile(path + ".each", route.each(), route.eachWhen());
        CompilerContext inside = context.inside(route.each().size());
        ReportRule rule = new ReportCompiler(inside).compile(path, route);
        PermittedDevices devices =
                new PermittedDevicesCompiler(this::require).compile(path + ".devices", route.devices());
        ProvisionCompiler.Compiled provision =
                new ProvisionCompiler(inside).compile(path + ".provision", name, route, devices);
        require(
                route.keep() == null || route.to() != RouteProperties.Target.MESSAGE,
                path + ".keep",
                "messages are always sent, each of them");
        String deadLetters = topics.deadLetters(path + ".dead-letter", route.deadLetter());
        return rule == null
                ? null
                : new Route(
                        name, encoding, when, each, rule, provision, route.whole(), route.keep(), devices, deadLetters);
    }

    private void require(boolean holds, String path, String message) {
        requirements.that(holds, path, message);
    }
}
