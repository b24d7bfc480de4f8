package io.iotdarelay.compare;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The records of a scene, in their order, which is the same whoever makes them. Each has about 310 bytes. */
public final class Records {

    private static final int SEED = 14;
    private static final int SIZE = 310;
    private static final long FIRST_TIME = 1_767_225_600_000L;
    private static final String PADDING = "x".repeat(SIZE);

    private final Scene scene;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final int[] sequence;
    private final double[] cumulated;
    private long made;

    /**
     * One.
     *
     * @param sender whose it is, and the key
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
    public record Made(String sender, byte[] value) {}

    public Records(Scene scene) {
        this.scene = scene;
        this.sequence = new int[scene.devices()];
        this.cumulated = scene.keys().equals("zipf") ? zipf(scene.devices(), scene.zipf()) : new double[0];
    }

    /** The next one, with the time at which it is meant to be sent, in microseconds. */
    public Made next(long stamp) {
        int device = device();
        String head =
                "{\"device_id\":\"" + scene.device(device) + "\",\"gateway\":\"" + scene.sender(device) + "\",\"ts\":"
                        + (FIRST_TIME + made++) + ",\"seq\":" + sequence[device]++ + ",\"stamp\":" + stamp
                        + ",\"payload\":{\"temp\":21.5,\"dv\":2301,\"state\":\"on\",\"note\":\"";
        String value = head + PADDING.substring(0, Math.max(0, SIZE - head.length() - 3)) + "\"}}";
        return new Made(scene.sender(device), value.getBytes(StandardCharsets.ISO_8859_1));
    }

    private int device() {
        if (cumulated.length == 0) {
            return random.nextInt(scene.devices());
        }
        int found = Arrays.binarySearch(cumulated, random.nextDouble());
        return Math.min(found < 0 ? -found - 1 : found, cumulated.length - 1);
    }

    private static double[] zipf(int devices, double exponent) {
        double[] sums = new double[devices];
        double sum = 0;
        for (int i = 0; i < devices; i++) {
            sum += 1 / Math.pow(i + 1, exponent);
            sums[i] = sum;
        }
        for (int i = 0; i < devices; i++) {
            sums[i] /= sum;
        }
        return sums;
    }

    /** Now, in microseconds. */
    public static long micros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
