package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.HeaderFormat;

/** How keys and headers of a route's records are written. */
record KeyAndHeaderFormats(KeyFormat key, HeaderFormat headers) {

    static final KeyAndHeaderFormats TEXT = new KeyAndHeaderFormats(KeyFormat.TEXT, HeaderFormat.TEXT);
}
