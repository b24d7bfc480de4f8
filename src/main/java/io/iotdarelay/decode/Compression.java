package io.iotdarelay.decode;

/** How a record's value may be compressed, apart from Kafka's own compression of batches. */
public enum Compression {
    NONE,

    /** RFC 1952. */
    GZIP,

    /** RFC 1950. */
    ZLIB,

    /** RFC 8878. */
    ZSTD,

    /** LZ4 frames. */
    LZ4,

    /** What the header content-encoding says. */
    AUTO
}
