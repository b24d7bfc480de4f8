package io.iotdarelay.decode;

/** Decodes the values of one format. */
public interface RecordDecoder {

    Decoding decode(byte[] value);
}
