package io.iotdarelay.telemetry;

/** Serialized JSON in UTF-8, ready to be joined into a request. The array is shared and must not be changed. */
@SuppressWarnings("ArrayRecordComponent") // joined into a request as it is, never compared
public record Json(byte[] utf8) {

    public int length() {
        return utf8.length;
    }

    /** The array with these elements, where it is elements with commas between them. */
    public byte[] inBrackets() {
        byte[] array = new byte[utf8.length + 2];
        array[0] = '[';
        System.arraycopy(utf8, 0, array, 1, utf8.length);
        array[array.length - 1] = ']';
        return array;
    }
}
