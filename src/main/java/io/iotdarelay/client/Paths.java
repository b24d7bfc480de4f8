package io.iotdarelay.client;

/** Names as parts of paths. */
final class Paths {

    private static final int LONGEST = 512;

    private Paths() {}

    /** A name that cannot lead elsewhere. */
    static String name(String name) throws UsageException {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.length() > LONGEST) {
            throw new UsageException("a name has 1 to " + LONGEST + " characters");
        }
        return RelayApi.segment(name);
    }
}
