package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.HeaderFormat;

/** How keys and headers of a route's records are written. */
record Encodings(KeyFormat key, HeaderFormat headers) {

    static final Encodings TEXT = new Encodings(KeyFormat.TEXT, HeaderFormat.TEXT);
}
