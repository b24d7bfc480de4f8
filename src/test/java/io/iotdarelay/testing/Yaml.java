package io.iotdarelay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** YAML as trees. A duplicate key in an object is an error. */
public final class Yaml {

    private Yaml() {}

    /** All documents that hold something. */
    public static List<JsonNode> trees(String text) {
        List<JsonNode> trees = new ArrayList<>();
        for (Object document : parser().loadAll(text)) {
            if (document != null) {
                trees.add(JsonMapper.shared().valueToTree(document));
            }
        }
        return trees;
    }

    public static JsonNode tree(String text) {
        Object document = parser().load(text);
        return JsonMapper.shared().valueToTree(Objects.requireNonNull(document, "an empty document"));
    }

    public static JsonNode tree(Path file) {
        return tree(text(file));
    }

    /** The text of any file. */
    public static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static org.yaml.snakeyaml.Yaml parser() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new org.yaml.snakeyaml.Yaml(new SafeConstructor(options));
    }
}
