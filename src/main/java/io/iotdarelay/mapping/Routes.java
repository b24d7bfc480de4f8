package io.iotdarelay.mapping;

import io.iotdarelay.decode.Encoding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All routes of the relay. A route that names a topic takes precedence; otherwise the first matching pattern is used. */
public final class Routes {

    /** A route whose topics are found by a pattern. */
    public record ByPattern(Pattern topics, Route route) {}

    private final Map<String, Route> byTopic;
    private final List<ByPattern> byPattern;

    Routes(Map<String, Route> byTopic, List<ByPattern> byPattern) {
        this.byTopic = new LinkedHashMap<>(byTopic);
        this.byPattern = List.copyOf(byPattern);
    }

    /** The route that reads a topic. */
    public Optional<Route> of(String topic) {
        Route named = byTopic.get(topic);
        if (named != null) {
            return Optional.of(named);
        }
        return byPattern.stream()
                .filter(candidate -> candidate.topics().matcher(topic).matches())
                .findFirst()
                .map(ByPattern::route);
    }

    /** The topics that are named, with the names of their routes. */
    public Map<String, String> topics() {
        Map<String, String> topics = new LinkedHashMap<>();
        byTopic.forEach((topic, route) -> topics.put(topic, route.name()));
        return topics;
    }

    /** The patterns for further topics. */
    public List<ByPattern> patterns() {
        return byPattern;
    }

    /** The names of all routes, in their order. */
    public List<String> names() {
        return all().map(Route::name).distinct().toList();
    }

    /** All ways in which values are written. */
    public List<Encoding> encodings() {
        return all().map(Route::encoding).distinct().toList();
    }

    private Stream<Route> all() {
        return Stream.concat(byTopic.values().stream(), byPattern.stream().map(ByPattern::route));
    }
}
