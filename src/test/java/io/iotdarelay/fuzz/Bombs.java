package io.iotdarelay.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Values that are small on the way, or look harmless, and want to become large or to take long. */
final class Bombs {

    private static final int MANY = 100_000;
    private static final int LARGE = 8 * 1024 * 1024;

    private static final List<String> JSON = List.of(
            "[" + "1,".repeat(MANY - 1) + "1]",
            "{\"device_id\":\"device-1\",\"readings\":[" + "{},".repeat(MANY - 1) + "{}]}",
            "{\"device_id\":\"device-1\",\"list\":[" + "{\"name\":\"x\"},".repeat(MANY / 4) + "{}]}",
            "{\"device_id\":\"device-1\",\"v\":\"" + "a".repeat(60_000) + "!\"}",
            "{\"device_id\":\"device-1\",\"label\":\"" + "1".repeat(1_500_000) + "\"}",
            "{\"device_id\":\"device-1\",\"json\":\"" + "[".repeat(MANY) + "\"}",
            "[".repeat(MANY),
            "{\"v\":".repeat(MANY),
            "{\"device_id\":\"device-1\",\"services\":["
                    + "{\"service_id\":\"Meter\",\"properties\":{\"v\":1}},".repeat(20_000) + "{}]}");

    private Bombs() {}

    static byte[] any(RandomGenerator random) {
        if (random.nextInt(4) > 0) {
            return Names.any(JSON, random).getBytes(StandardCharsets.UTF_8);
        }
        byte[] same = new byte[LARGE];
        Arrays.fill(same, (byte) random.nextInt(256));
        return same;
    }
}
