package io.iotdarelay.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.RouteProperties.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutesInForceTest {

    private static final String PATTERN = "p[0-9]";

    private final Routes first = routes("a", "t", PATTERN);
    private final RoutesInForce routes = new RoutesInForce(first);
    private final List<String> adopted = new ArrayList<>();

    @Test
    void adoptsNothingWhereNothingIsOffered() {
        assertThat(routes.areOthersRead()).isFalse();
        assertThat(routes.adoptForSameTopics()).isFalse();
        assertThat(routes.adopt()).isFalse();
        assertThat(routes.current()).isSameAs(first);
    }

    @Test
    void adoptsOnceWhatReadsTheSameTopics() {
        Routes next = routes("a", "t", PATTERN);
        routes.offer(next, () -> adopted.add("next"));

        assertThat(routes.areOthersRead()).isFalse();
        assertThat(routes.adoptForSameTopics()).isTrue();
        assertThat(routes.current()).isSameAs(next);
        assertThat(routes.adoptForSameTopics()).isFalse();
        assertThat(routes.adopt()).isFalse();
        assertThat(adopted).containsExactly("next");
    }

    @Test
    void leavesWhatReadsOtherTopicsForLater() {
        for (Routes others : List.of(routes("a", "u", PATTERN), routes("b", "t", PATTERN), routes("a", "t", "q"))) {
            RoutesInForce routes = new RoutesInForce(first);
            routes.offer(others, () -> adopted.add("others"));

            assertThat(routes.areOthersRead()).isTrue();
            assertThat(routes.adoptForSameTopics()).isFalse();
            assertThat(routes.current()).isSameAs(first);
            assertThat(routes.adopt()).isTrue();
            assertThat(routes.current()).isSameAs(others);
        }
        assertThat(adopted).hasSize(3);
    }

    @Test
    void keepsWhatIsOfferedWhileAnotherIsAdopted() {
        Routes next = routes("a", "t", PATTERN);
        Routes last = routes("a", "t", PATTERN);
        routes.offer(next, () -> routes.offer(last, () -> adopted.add("last")));

        assertThat(routes.adopt()).isTrue();
        assertThat(routes.current()).isSameAs(next);
        assertThat(routes.adopt()).isTrue();
        assertThat(routes.current()).isSameAs(last);
        assertThat(adopted).containsExactly("last");
    }

    private static Routes routes(String name, String topic, String pattern) {
        return switch (RouteCompiler.compile(
                List.of(declared(name, List.of(topic), null), declared("found", List.of(), pattern)), Map.of())) {
            case RouteCompiler.Compilation.Compiled compiled -> compiled.routes();
            case RouteCompiler.Compilation.Wrong wrong -> throw new AssertionError(wrong.problems());
        };
    }

    private static RouteProperties declared(String name, List<String> topics, @Nullable String pattern) {
        return RouteYaml.declared(name, topics, pattern, Target.MESSAGE, "key", null, List.of(), null, null);
    }
}
