package io.iotdarelay.decode;

/** The formats that a record's value can have. */
public enum Format {
    JSON
}
