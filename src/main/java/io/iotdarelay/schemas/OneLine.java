package io.iotdarelay.schemas;

/** An exception's message, short and on one line. */
final class OneLine {

    private static final int MAX_LENGTH = 200;

    private OneLine() {}

    static String of(Exception failure) {
        String line = String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}
