package io.iotdarelay.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** All routes of the relay. Routes that name a topic take precedence; otherwise those of the first matching pattern are used. */
public final class Routes {

    /** Routes whose topics are found by a pattern; at least one. */
    public record ByPattern(Pattern topics, List<Route> routes) {

        public ByPattern {
            routes = List.copyOf(routes);
        }

        /** The first of the routes, under whose name the records are counted. */
        public Route route() {
            return routes.getFirst();
        }
    }

    private final Map<String, List<Route>> byTopic = new LinkedHashMap<>();
    private final List<ByPattern> byPattern;

    Routes(Map<String, List<Route>> byTopic, List<ByPattern> byPattern) {
        byTopic.forEach((topic, routes) -> this.byTopic.put(topic, List.copyOf(routes)));
        this.byPattern = List.copyOf(byPattern);
    }

    /** The routes that records of a topic may take, in their order; none for a topic that is not read. */
    public List<Route> of(String topic) {
        List<Route> named = byTopic.get(topic);
        if (named != null) {
            return named;
        }
        for (ByPattern candidate : byPattern) {
            if (candidate.topics().matcher(topic).matches()) {
                return candidate.routes();
            }
        }
        return List.of();
    }

    /** The topics that are named, each with the name of its first route. */
    public Map<String, String> topics() {
        Map<String, String> topics = new LinkedHashMap<>();
        byTopic.forEach((topic, routes) -> topics.put(topic, routes.getFirst().name()));
        return topics;
    }

    /** The patterns for further topics. */
    public List<ByPattern> patterns() {
        return byPattern;
    }

    /** Whether others read the same topics, by routes of the same names. */
    boolean readsTheSameAs(Routes other) {
        return topics().equals(other.topics()) && patternTexts().equals(other.patternTexts());
    }

    private List<String> patternTexts() {
        return byPattern.stream()
                .map(pattern -> pattern.route().name() + ' ' + pattern.topics().pattern())
                .toList();
    }

    /** The names of all routes, in their order. */
    public List<String> names() {
        List<Route> all = new ArrayList<>();
        byTopic.values().forEach(all::addAll);
        byPattern.forEach(pattern -> all.addAll(pattern.routes()));
        return all.stream().map(Route::name).distinct().toList();
    }
}
