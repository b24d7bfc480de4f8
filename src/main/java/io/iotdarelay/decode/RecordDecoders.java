package io.iotdarelay.decode;

/** A decoder for each encoding. Any thread may ask. */
public interface RecordDecoders {

    /** The same decoder for equal encodings. */
    RecordDecoder of(Encoding encoding);

    /** Those that need nothing but the record. */
    static RecordDecoders standard() {
        return standard(encoding -> {
            throw new IllegalArgumentException(encoding.format() + " needs a schema");
        });
    }

    /**
     * All of them.
     *
     * @param withSchemas those that need a schema registry
     */
    static RecordDecoders standard(RecordDecoders withSchemas) {
        return new StandardDecoders(withSchemas);
    }
}
