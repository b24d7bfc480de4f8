package io.iotdarelay.model;

import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.FileState;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of the configured products as they were read.
 *
 * @param states what they were like before
 * @param readings by product ID
 */
record ModelFiles(Map<Path, FileState> states, Map<String, ModelFile.Reading> readings) {

    static final ModelFiles NONE = new ModelFiles(Map.of(), Map.of());

    ModelFiles {
        states = new LinkedHashMap<>(states);
        readings = Map.copyOf(readings);
    }

    static ModelFiles read(ModelsProperties properties) {
        Map<Path, FileState> states = new LinkedHashMap<>();
        Map<String, ModelFile.Reading> readings = new LinkedHashMap<>();
        properties.products().forEach((id, product) -> {
            String name = product.file();
            if (name != null && !name.isBlank()) {
                Path file = FileLocation.path(name);
                states.put(file, FileState.orMissing(file));
                readings.put(id, ModelFile.read(file, id));
            }
        });
        return new ModelFiles(states, readings);
    }
}
