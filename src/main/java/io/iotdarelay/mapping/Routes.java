package io.iotdarelay.mapping;

import io.iotdarelay.decode.Encoding;
import io.iotdarelay.model.RouteShape;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    private final Map<String, List<Route>> matched = new ConcurrentHashMap<>();
    private final List<RouteShape> shapes;

    Routes(Map<String, List<Route>> byTopic, List<ByPattern> byPattern, List<RouteShape> shapes) {
        byTopic.forEach((topic, routes) -> this.byTopic.put(topic, List.copyOf(routes)));
        this.byPattern = List.copyOf(byPattern);
        this.shapes = List.copyOf(shapes);
    }

    /** The routes that records of a topic may take, in their order; none for a topic that is not read. */
    public List<Route> of(String topic) {
        List<Route> named = byTopic.get(topic);
        if (named != null) {
            return named;
        }
        return matched.computeIfAbsent(topic, this::byPattern);
    }

    /** Asked for each record: the result is kept, and there are only so many topics that are read. */
    private List<Route> byPattern(String topic) {
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

    /** Where dead letters of a topic go; empty where they go where all others do. Routes that share a topic agree on it. */
    public Optional<String> deadLetterTopic(String topic) {
        List<Route> routes = of(topic);
        return routes.isEmpty() ? Optional.empty() : routes.getFirst().deadLetterTopic();
    }

    /** One of a topic's routes; empty if it has none of this name. */
    public Optional<Route> find(String topic, String name) {
        for (Route candidate : of(topic)) {
            if (candidate.name().equals(name)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** The route of this name, whatever it reads; empty if there is none. */
    public Optional<Route> named(String name) {
        return all().filter(route -> route.name().equals(name)).findFirst();
    }

    /** Where dead letters go: topics of routes, and empty if some go where all others do. */
    public Set<Optional<String>> deadLetterTopics() {
        return all().map(Route::deadLetterTopic).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** All routes, in their order. */
    public List<Route> routes() {
        return all().distinct().toList();
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
        return all().map(Route::name).distinct().toList();
    }

    /** What the routes declare to send, as far as it is known before the first record. */
    public List<RouteShape> shapes() {
        return shapes;
    }

    /** All ways in which values are written. */
    public List<Encoding> encodings() {
        return all().map(Route::encoding).distinct().toList();
    }

    private Stream<Route> all() {
        return Stream.concat(
                byTopic.values().stream().flatMap(List::stream),
                byPattern.stream().flatMap(pattern -> pattern.routes().stream()));
    }
}
