package io.iotdarelay.decode;

/** How a route's values are written. Routes with equal encodings share a decoder, and may share what it returns. */
public record Encoding(Format format) {}
