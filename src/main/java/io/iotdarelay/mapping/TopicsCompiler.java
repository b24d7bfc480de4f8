package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.DeadLetterProperties;
import io.iotdarelay.model.RouteShape;
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

/** Finds out which routes take which topics, and lists all errors in that. */
final class TopicsCompiler {

    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private final RuleCompiler.Check check;
    private final Map<String, String> reserved;
    private final Map<String, List<Route>> byTopic = new LinkedHashMap<>();
    private final Map<String, Shared> byPattern = new LinkedHashMap<>();
    private final Map<String, String> takesAll = new HashMap<>();

    /** The routes with the same pattern. */
    private record Shared(Pattern topics, List<Route> routes) {}

    TopicsCompiler(RuleCompiler.Check check, Map<String, String> reserved) {
        this.check = check;
        this.reserved = reserved;
    }

    Routes routes(List<RouteShape> shapes) {
        return new Routes(
                byTopic,
                byPattern.values().stream()
                        .map(shared -> new Routes.ByPattern(shared.topics(), shared.routes()))
                        .toList(),
                shapes);
    }

    /**
     * Adds the topics of a route.
     *
     * @param compiled nothing where the route itself is wrong
     */
    void add(String path, RouteProperties route, @Nullable Route compiled) {
        check.require(
                route.topics().isEmpty() != (route.topicPattern() == null),
                path + ".topics",
                "either topics or topic-pattern is required, not both");
        Map<String, String> own = new HashMap<>();
        for (int i = 0; i < route.topics().size(); i++) {
            String topic = route.topics().get(i);
            String topicPath = path + ".topics[" + i + "]";
            check.require(TOPIC.matcher(topic).matches(), topicPath, "'" + topic + "' is not a valid topic name");
            check.require(!reserved.containsKey(topic), topicPath, "is " + reserved.get(topic));
            String twin = own.putIfAbsent(topic, topicPath);
            if (twin != null) {
                check.require(false, topicPath, "'" + topic + "' is already used by relay.routes" + twin);
                continue;
            }
            share(topicPath, topic, route);
            if (compiled != null) {
                share(topicPath, byTopic.computeIfAbsent(topic, any -> new ArrayList<>()), compiled);
            }
        }
        if (route.topicPattern() != null) {
            pattern(path + ".topic-pattern", route.topicPattern(), route, compiled);
        }
    }

    /** Where a route's dead letters go. A directory would take them for devices, whose secrets a producer could choose. */
    @Nullable
    String deadLetters(String path, @Nullable DeadLetterProperties deadLetters) {
        if (deadLetters == null) {
            return null;
        }
        String topic = Objects.requireNonNullElse(deadLetters.topic(), "");
        check.require(TOPIC.matcher(topic).matches(), path + ".topic", "'" + topic + "' is not a valid topic name");
        String purpose = reserved.getOrDefault(topic, RouteCompiler.DEAD_LETTERS);
        check.require(purpose.equals(RouteCompiler.DEAD_LETTERS), path + ".topic", "is " + purpose);
        return topic;
    }

    private void pattern(String path, String text, RouteProperties route, @Nullable Route compiled) {
        try {
            String none = reserved.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
            Pattern topics = Pattern.compile("(?!(?:" + none + ")$)(?:" + text + ")");
            share(path, "pattern " + text, route);
            if (compiled != null) {
                share(
                        path,
                        byPattern
                                .computeIfAbsent(text, any -> new Shared(topics, new ArrayList<>()))
                                .routes(),
                        compiled);
            }
        } catch (PatternSyntaxException e) {
            check.require(false, path, "is not a regular expression: " + e.getDescription());
        }
    }

    /** A record is decoded once, and becomes one dead letter. */
    private void share(String path, List<Route> routes, Route compiled) {
        check.require(
                routes.isEmpty() || routes.getFirst().encoding().equals(compiled.encoding()),
                path,
                "routes that share a topic need the same format and compression");
        check.require(
                routes.isEmpty() || routes.getFirst().deadLetterTopic().equals(compiled.deadLetterTopic()),
                path,
                "routes that share a topic need the same dead-letter.topic: a record has one dead letter at most");
        routes.add(compiled);
    }

    /** Of routes that share a topic one at most takes every record. */
    private void share(String path, String topic, RouteProperties route) {
        if (route.when() == null) {
            String twin = takesAll.putIfAbsent(topic, path);
            check.require(
                    twin == null,
                    path,
                    "'" + topic + "' is already used by relay.routes" + twin
                            + ": of routes that share a topic, all but one need 'when'");
        }
    }
}
