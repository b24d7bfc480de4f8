package io.iotdarelay.telemetry;

/** Serialized JSON in UTF-8, ready to be joined into a request. The array is shared and must not be changed. */
@SuppressWarnings("ArrayRecordComponent") // joined into a request as it is, never compared
public record Json(byte[] utf8) {

    public int length() {
        return utf8.length;
    }
}
