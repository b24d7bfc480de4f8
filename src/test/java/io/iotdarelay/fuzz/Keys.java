package io.iotdarelay.fuzz;

import io.iotdarelay.mapping.KeyFormat;
import io.iotdarelay.mapping.RouteProperties.HeaderFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Writes keys and headers as a route reads them, and sometimes otherwise. */
final class Keys {

    private Keys() {}

    static byte[] key(KeyFormat format, RandomGenerator random) {
        if (random.nextInt(12) == 0) {
            return utf8(Values.text(random));
        }
        return switch (format) {
            case TEXT -> utf8(random.nextInt(8) == 0 ? json(random) : Names.id(random));
            case JSON -> utf8(json(random));
            case INT16 ->
                ByteBuffer.allocate(2).putShort((short) random.nextInt()).array();
            case INT32 -> ByteBuffer.allocate(4).putInt(random.nextInt()).array();
            case INT64 -> ByteBuffer.allocate(8).putLong(random.nextLong()).array();
            case FLOAT32 ->
                ByteBuffer.allocate(4)
                        .putFloat(random.nextInt(5) == 0 ? Float.NaN : random.nextInt(1000))
                        .array();
            case FLOAT64 ->
                ByteBuffer.allocate(8)
                        .putDouble(random.nextInt(5) == 0 ? Double.NaN : random.nextInt(1000))
                        .array();
            case UUID -> AvroValues.bytes(16, random);
        };
    }

    private static String json(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0 -> "\"device-1\"";
            case 1 -> "[{\"device_id\":\"device-1\",\"v\":1},{\"device_id\":\"device-2\"}]";
            case 2 -> Integer.toString(random.nextInt(2000));
            default -> "{\"device_id\":\"device-" + random.nextInt(1000) + "\",\"v\":1}";
        };
    }

    static byte[] header(HeaderFormat format, RandomGenerator random) {
        String text = random.nextInt(6) == 0 ? Values.text(random) : Names.id(random);
        if (format == HeaderFormat.TEXT) {
            return utf8(text);
        }
        byte[] bytes = utf8(text);
        return switch (random.nextInt(5)) {
            case 0 ->
                ByteBuffer.allocate(5)
                        .put((byte) 0x71)
                        .putInt(random.nextInt(1000))
                        .array();
            case 1 -> AvroValues.bytes(random.nextInt(12), random);
            default ->
                ByteBuffer.allocate(5 + bytes.length)
                        .put((byte) 0xb1)
                        .putInt(bytes.length)
                        .put(bytes)
                        .array();
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
