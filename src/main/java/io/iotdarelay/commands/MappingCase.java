package io.iotdarelay.commands;

import io.iotdarelay.iotda.PlannedRequest;
import io.iotdarelay.telemetry.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A test of the mapping: a record, and what has to become of it.
 *
 * @param route the name of the route; without it the topic decides
 * @param ownRoute a file with a route of its own, in place of the configured ones
 * @param requests those that have to come out; missing where none is expected
 * @param deadLetter the reason, and a part of the detail; missing where none is expected
 * @param skipped whether the record has to be skipped
 */
record MappingCase(
        String name,
        SourceRecord record,
        @Nullable String route,
        Optional<Path> ownRoute,
        JsonNode requests,
        JsonNode deadLetter,
        boolean skipped) {

    private static final String CASE_SUFFIX = ".case.yaml";
    private static final String ROUTE = "route.yaml";
    private static final String REQUESTS = "requests.json";
    private static final String DEAD_LETTER = "dead-letter.json";
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final RecordFiles.Frame NOTHING_SAID = new RecordFiles.Frame("topic", TIME, null, List.of());

    /** JSON as it was written: fractions keep all their digits. */
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .build();

    /** All cases in a folder and the folders in it: files named {@code *.case.yaml}, and folders with a {@code record.json}. */
    static List<MappingCase> in(Path place) throws IOException, UsageException {
        if (!Files.exists(place)) {
            throw new UsageException(place + " does not exist");
        }
        List<MappingCase> cases = new ArrayList<>();
        collect(place, place, cases);
        return cases;
    }

    private static void collect(Path root, Path place, List<MappingCase> cases) throws IOException, UsageException {
        if (!Files.isDirectory(place)) {
            if (place.toString().endsWith(CASE_SUFFIX)) {
                cases.add(ofFile(name(root, place), place));
            }
        } else if (Files.exists(place.resolve(RecordFiles.RECORD))) {
            cases.add(ofFolder(name(root, place), place));
        } else {
            for (Path entry : RecordFiles.entries(place)) {
                collect(root, entry, cases);
            }
        }
    }

    private static String name(Path root, Path place) {
        String name = root.equals(place)
                ? String.valueOf(place.getFileName())
                : root.relativize(place).toString();
        return name.replace(CASE_SUFFIX, "");
    }

    private static MappingCase ofFolder(String name, Path folder) throws IOException, UsageException {
        Path route = folder.resolve(ROUTE);
        JsonNode frame = json(folder.resolve(RecordFiles.RECORD));
        return new MappingCase(
                name,
                RecordFiles.folder(folder, NOTHING_SAID),
                frame.path("route").isString() ? frame.path("route").asString() : null,
                Files.exists(route) ? Optional.of(route) : Optional.empty(),
                json(folder.resolve(REQUESTS)),
                json(folder.resolve(DEAD_LETTER)),
                frame.path("skipped").asBoolean(false));
    }

    private static JsonNode json(Path file) throws IOException, UsageException {
        try {
            return Files.exists(file) ? EXACT.readTree(Files.readAllBytes(file)) : MissingNode.getInstance();
        } catch (JacksonException e) {
            throw new UsageException(file + " is not JSON: " + e.getOriginalMessage());
        }
    }

    private static MappingCase ofFile(String name, Path file) throws IOException, UsageException {
        JsonNode yaml;
        try {
            Object loaded = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
            yaml = EXACT.readTree(EXACT.writeValueAsBytes(loaded));
        } catch (YAMLException | JacksonException e) {
            throw new UsageException(file + " is not a case: " + e.getMessage());
        }
        JsonNode record = yaml.path("record");
        if (!record.isObject()) {
            throw new UsageException(file + " has no 'record'");
        }
        try {
            return new MappingCase(
                    name,
                    RecordFiles.frame(frame(record), NOTHING_SAID).with(value(record), 0),
                    yaml.path("route").isString() ? yaml.path("route").asString() : null,
                    Optional.empty(),
                    yaml.path("requests"),
                    yaml.path("dead-letter"),
                    yaml.path("skipped").asBoolean(false));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new UsageException(file + ": " + e.getMessage());
        }
    }

    /** Headers may be written as an object. */
    private static JsonNode frame(JsonNode record) {
        JsonNode headers = record.path("headers");
        if (!headers.isObject()) {
            return record;
        }
        ArrayNode list = EXACT.createArrayNode();
        headers.forEachEntry((name, value) -> list.addObject().put("name", name).set("value", value));
        return ((tools.jackson.databind.node.ObjectNode) record.deepCopy()).set("headers", list);
    }

    /** An object or an array as JSON, a text as it is, or bytes in {@code value-hex} or {@code value-base64}. */
    private static byte @Nullable [] value(JsonNode record) {
        if (record.path("value-hex").isString()) {
            return HexFormat.of().parseHex(record.path("value-hex").asString());
        }
        if (record.path("value-base64").isString()) {
            return Base64.getDecoder().decode(record.path("value-base64").asString());
        }
        JsonNode value = record.path("value");
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        return value.isString() ? value.asString().getBytes(StandardCharsets.UTF_8) : EXACT.writeValueAsBytes(value);
    }

    /** What is not as it has to be; empty if all is well. */
    List<String> differences(Tried tried) {
        List<String> differences = new ArrayList<>();
        boolean rejected = tried.fate() instanceof Tried.Fate.Rejected;
        boolean isSkipped = tried.fate() instanceof Tried.Fate.Skipped;
        if (skipped || isSkipped) {
            if (skipped != isSkipped) {
                differences.add(
                        "expected the record to be " + (skipped ? "skipped" : "taken") + ", it is " + tried.outcome());
            }
            return differences;
        }
        if (tried.fate() instanceof Tried.Fate.Waiting waiting) {
            differences.add("the record waits for its schema: " + waiting.why());
            return differences;
        }
        if (tried.fate() instanceof Tried.Fate.Rejected fate) {
            String reason = fate.rejection().reason().code();
            String detail = fate.rejection().detail();
            if (deadLetter.isMissingNode()) {
                differences.add("expected requests, got a dead letter: " + reason + ": " + detail);
            } else {
                String wanted = deadLetter.isString()
                        ? deadLetter.asString()
                        : deadLetter.path("reason").asString("");
                if (!wanted.equals(reason)) {
                    differences.add("/reason: expected " + wanted + ", got " + reason + " (" + detail + ")");
                }
                String part = deadLetter.path("detail").asString("");
                if (!detail.contains(part)) {
                    differences.add("/detail: expected a text with '" + part + "', got '" + detail + "'");
                }
            }
            return differences;
        }
        if (!deadLetter.isMissingNode() && !rejected) {
            differences.add("expected a dead letter, got requests");
            return differences;
        }
        if (requests.isMissingNode()) {
            differences.add("the case needs requests, dead-letter, or skipped: true");
            return differences;
        }
        List<String> joined = JsonDifference.between(requests, given(tried.requests()));
        boolean each = !joined.isEmpty()
                && JsonDifference.between(requests, given(tried.single())).isEmpty();
        differences.addAll(each ? List.of() : joined);
        return differences;
    }

    /** The requests, without what the case does not name. */
    private JsonNode given(List<PlannedRequest> planned) {
        ArrayNode given = Shown.requests(planned);
        for (int i = 0; i < given.size(); i++) {
            JsonNode wanted = requests.path(i);
            tools.jackson.databind.node.ObjectNode request = (tools.jackson.databind.node.ObjectNode) given.get(i);
            for (String field : List.of("method", "path", "sender")) {
                if (wanted.isObject() && !wanted.has(field)) {
                    request.remove(field);
                }
            }
        }
        return given;
    }
}
