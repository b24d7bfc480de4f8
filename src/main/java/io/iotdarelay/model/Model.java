package io.iotdarelay.model;

import java.util.List;
import java.util.Optional;

/**
 * The model of a product, as it was read.
 *
 * @param warnings what is allowed, but probably a mistake
 */
record Model(Product product, List<String> warnings) {

    Model {
        warnings = List.copyOf(warnings);
    }

    /** What was read; empty if anything is wrong. */
    static Optional<Model> of(ModelFile.Reading reading) {
        return reading.product().map(product -> new Model(product, reading.warnings()));
    }
}
