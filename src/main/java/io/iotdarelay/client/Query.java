package io.iotdarelay.client;

import org.jspecify.annotations.Nullable;

/** A path with parameters. */
final class Query {

    private final StringBuilder path;
    private boolean hasParameters;

    Query(String path) {
        this.path = new StringBuilder(path);
    }

    /** Adds a parameter, unless it is null. */
    Query with(String name, @Nullable Object value) {
        if (value != null) {
            path.append(hasParameters ? '&' : '?').append(name).append('=').append(RelayApi.segment(value.toString()));
            hasParameters = true;
        }
        return this;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
