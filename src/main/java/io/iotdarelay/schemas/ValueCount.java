package io.iotdarelay.schemas;

import io.iotdarelay.decode.Bounds;
import java.io.IOException;

/** Counts the values inside one value: some occupy no byte. */
final class ValueCount {

    private int values;

    /** Another value follows. */
    void add() throws IOException {
        if (++values > Bounds.MAX_VALUES) {
            throw new IOException("more than " + Bounds.MAX_VALUES + " values");
        }
    }
}
