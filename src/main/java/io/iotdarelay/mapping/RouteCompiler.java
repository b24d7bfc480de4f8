package io.iotdarelay.mapping;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.mapping.RouteProperties.MessageProperties;
import io.iotdarelay.mapping.RouteProperties.Target;
import io.iotdarelay.settings.Requirements;
import io.iotdarelay.settings.SettingsProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compiles the configured routes, and lists all errors in them. */
public final class RouteCompiler {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private final Requirements requirements = new Requirements("relay.routes");
    private final Map<String, Route> byTopic = new LinkedHashMap<>();
    private final List<Routes.ByPattern> byPattern = new ArrayList<>();
    private final Map<String, String> namesTaken = new HashMap<>();
    private final Map<String, String> topicsTaken = new HashMap<>();
    private final Map<String, String> reserved;
    private final RuleCompiler rules = new RuleCompiler(this::require);

    private RouteCompiler(Map<String, String> reserved) {
        this.reserved = reserved;
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
     *     directory contains secrets
     */
    public static Compilation compile(List<RouteProperties> routes, Map<String, String> reserved) {
        RouteCompiler compiler = new RouteCompiler(reserved);
        for (int i = 0; i < routes.size(); i++) {
            compiler.compile("[" + i + "]", routes.get(i));
        }
        List<SettingsProblem> problems = new ArrayList<>(compiler.requirements.problems());
        if (routes.isEmpty()) {
            problems.add(new SettingsProblem("relay.routes", "at least one route is required"));
        }
        return problems.isEmpty()
                ? new Compilation.Compiled(new Routes(compiler.byTopic, compiler.byPattern))
                : new Compilation.Wrong(problems);
    }

    private void compile(String path, RouteProperties route) {
        String name = Objects.requireNonNullElse(route.name(), "");
        require(NAME.matcher(name).matches(), path + ".name", "1 to 64 letters, digits, '.', '_' or '-' are required");
        String twin = namesTaken.putIfAbsent(name, path);
        require(twin == null, path + ".name", "is already the name of relay.routes" + twin);
        Encoding encoding = new EncodingCompiler(this::require).compile(path, route);
        ReportRule rule = rule(path, route);
        Pattern pattern = topics(path, route);
        if (rule == null) {
            return;
        }
        Route compiled = new Route(name, encoding, rule);
        route.topics().forEach(topic -> byTopic.put(topic, compiled));
        if (pattern != null) {
            byPattern.add(new Routes.ByPattern(pattern, compiled));
        }
    }

    private @Nullable Pattern topics(String path, RouteProperties route) {
        require(
                route.topics().isEmpty() != (route.topicPattern() == null),
                path + ".topics",
                "either topics or topic-pattern is required, not both");
        for (int i = 0; i < route.topics().size(); i++) {
            String topic = route.topics().get(i);
            String topicPath = path + ".topics[" + i + "]";
            require(TOPIC.matcher(topic).matches(), topicPath, "'" + topic + "' is not a valid topic name");
            require(!reserved.containsKey(topic), topicPath, "is " + reserved.get(topic));
            String twin = topicsTaken.putIfAbsent(topic, topicPath);
            require(twin == null, topicPath, "'" + topic + "' is already used by relay.routes" + twin);
        }
        if (route.topicPattern() == null) {
            return null;
        }
        try {
            String none = reserved.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
            return Pattern.compile("(?!(?:" + none + ")$)(?:" + route.topicPattern() + ")");
        } catch (PatternSyntaxException e) {
            require(false, path + ".topic-pattern", "is not a regular expression: " + e.getDescription());
            return null;
        }
    }

    private @Nullable ReportRule rule(String path, RouteProperties route) {
        Target to = route.to();
        require(to != null, path + ".to", "one of properties, message, gateway is required");
        require(
                to == Target.GATEWAY || route.gatewayId() == null,
                path + ".gateway-id",
                "is allowed for 'to: gateway' only");
        require(
                to == Target.MESSAGE || route.message() == null,
                path + ".message",
                "is allowed for 'to: message' only");
        require(
                to != Target.MESSAGE || route.services().isEmpty(),
                path + ".services",
                "is not allowed for 'to: message'");
        ValueRule deviceId = required(path + ".device-id", route.deviceId());
        ValueRule gatewayId = optional(path + ".gateway-id", route.gatewayId());
        MessageProperties message = Objects.requireNonNullElse(route.message(), MessageProperties.DEFAULT);
        ValueRule name = rule(path + ".message.name", message.name(), true);
        ValueRule id = rule(path + ".message.id", message.id(), false);
        ValueRule content = rule(path + ".message.content", message.content(), false);
        Services services = new ServicesCompiler(this::require).compile(path + ".services", route.services());
        if (to == null || deviceId == null) {
            return null;
        }
        return switch (to) {
            case PROPERTIES -> new ReportRule.ToProperties(deviceId, services);
            case GATEWAY -> new ReportRule.ToGateway(deviceId, gatewayId, services);
            case MESSAGE -> new ReportRule.ToMessage(deviceId, name, id, content);
        };
    }

    private @Nullable ValueRule required(String path, @Nullable RuleProperties rule) {
        require(rule != null, path, "a selector is required");
        return optional(path, rule);
    }

    private @Nullable ValueRule optional(String path, @Nullable RuleProperties rule) {
        return rule(path, rule, false);
    }

    /** A rule whose value may be optional. */
    private @Nullable ValueRule rule(String path, @Nullable RuleProperties rule, boolean mayBeLeftOut) {
        return rule == null ? null : rules.value(path, rule, mayBeLeftOut);
    }

    private void require(boolean holds, String path, String message) {
        requirements.that(holds, path, message);
    }
}
