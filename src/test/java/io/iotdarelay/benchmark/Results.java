package io.iotdarelay.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The raw figures of one run, written after each of them as {@code benchmarks/results/TIME-COMMIT-BENCHMARK.json}, so that a run which is
 * stopped leaves what it has measured. {@code --results=DIRECTORY} writes them elsewhere.
 */
public final class Results {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path file;
    private final Map<String, Object> all = new LinkedHashMap<>();
    private final List<Map<String, Object>> figures = new ArrayList<>();

    public Results(String benchmark, Options options, Clock clock) {
        Instant now = clock.instant();
        this.file = Path.of(options.text("results", "benchmarks/results"))
                .resolve(TIME.format(now) + "-" + Machine.commit() + "-" + benchmark + ".json");
        all.put("benchmark", benchmark);
        all.put("machine", Machine.describe());
        all.put("arguments", options.toString().replaceAll("--results=\\S*", "").strip());
        all.put("begun", now.toString());
        all.put("figures", figures);
    }

    public void add(Map<String, Object> figure) {
        figures.add(figure);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, JSON.writeValueAsString(all) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
