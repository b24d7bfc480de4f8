package io.iotdarelay.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The console's line as {@code application.yaml} has it, from the message on. */
class LogPatternTest {

    private final LoggerContext context = new LoggerContext();

    @Test
    void aLineEndsWithTheTraceThatItBelongsTo() {
        assertThat(line(Map.of("traceId", "4bf9", "spanId", "00f0"))).isEqualTo("It is so  traceId=4bf9 spanId=00f0");
    }

    @Test
    void aLineOfNoTraceEndsWithItsMessage() {
        assertThat(line(Map.of())).isEqualTo("It is so ");
    }

    private String line(Map<String, String> mdc) {
        String pattern = Yaml.tree(Path.of("src/main/resources/application.yaml"))
                .at("/logging/pattern/console")
                .asString();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(pattern.substring(pattern.indexOf("%m "), pattern.indexOf("%n")));
        layout.start();
        LoggingEvent event = new LoggingEvent("", context.getLogger("x"), Level.INFO, "It is so", null, null);
        event.setMDCPropertyMap(mdc);
        return layout.doLayout(event);
    }
}
