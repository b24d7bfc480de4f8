package io.iotdarelay.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pages match the code. If they do not, this regenerates them:
 * {@code mvn test -Dtest=PagesAreUpToDateTest -Ddocs=write}
 */
class PagesAreUpToDateTest {

    private static final String HOW = "stale; make it anew with: mvn test -Dtest=PagesAreUpToDateTest -Ddocs=write";

    static Stream<Map.Entry<String, Map<String, String>>> pages() {
        return Blocks.all().entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void pageIsUpToDate(Map.Entry<String, Map<String, String>> wanted) {
        Page page = Page.read(wanted.getKey());
        Page fresh = page.with(wanted.getValue());
        if ("write".equals(System.getProperty("docs"))) {
            fresh.write();
            return;
        }

        assertThat(page.text()).as("docs/%s is %s", wanted.getKey(), HOW).isEqualTo(fresh.text());
        assertThat(page.blocks())
                .as("blocks of docs/%s", wanted.getKey())
                .containsAll(wanted.getValue().keySet());
    }

    @Test
    void everyValueOfTheChartIsExplained() {
        assertThat(ChartValues.unexplained()).isEmpty();
    }

    @Test
    void everyKeyIsExplained() {
        assertThat(Blocks.configuration().values())
                .allSatisfy(table -> assertThat(table.lines())
                        .allSatisfy(row -> assertThat(row).doesNotEndWith("|  |")));
    }
}
