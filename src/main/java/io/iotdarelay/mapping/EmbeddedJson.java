package io.iotdarelay.mapping;

import io.iotdarelay.decode.StrictJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** JSON in a text or a key, read as strictly and with the same bounds as a record's value. */
final class EmbeddedJson {

    private EmbeddedJson() {}

    static Result<JsonNode> read(String text) {
        try {
            JsonNode tree = StrictJson.tree(text);
            return tree.isMissingNode() ? Result.nothing("the text is empty") : Result.found(tree);
        } catch (JacksonException | NumberFormatException e) {
            return Result.failed("the text is not valid JSON");
        }
    }
}
