package io.iotdarelay.mapping;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Collects bytes up to a bound. Writing beyond it fails, so that whoever writes stops there. */
final class BoundedBytes extends OutputStream {

    private final int most;
    private byte[] bytes = {};
    private int length;
    private boolean exceeded;

    BoundedBytes(int most) {
        this.most = most;
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] more, int offset, int count) throws IOException {
        if (exceeded || count > most - length) {
            exceeded = true;
            bytes = new byte[0];
            throw new IOException("more than " + most + " bytes");
        }
        if (count > bytes.length - length) {
            // What is written at once, as most reports are, needs no more than that.
            int twice = (int) Math.min(most, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.max(length + count, twice));
        }
        System.arraycopy(more, offset, bytes, length, count);
        length += count;
    }

    /** Whether more was to be written. What has been written before is gone. */
    boolean isExceeded() {
        return exceeded;
    }

    /** What has been written between two indexes, the second of them counted from the end. */
    byte[] between(int begin, int beforeEnd) {
        return begin == 0 && beforeEnd == 0 && length == bytes.length
                ? bytes
                : Arrays.copyOfRange(bytes, begin, length - beforeEnd);
    }
}
