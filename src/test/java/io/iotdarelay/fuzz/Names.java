package io.iotdarelay.fuzz;

import java.util.List;
import java.util.random.RandomGenerator;

/** The names that random routes look for, and that random values therefore hold, with some that are hard to handle. */
final class Names {

    /** In a record. {@link Values} knows what each of them usually holds. */
    static final List<String> USUAL = List.of(
            "device_id",
            "sensor",
            "gateway",
            "ts",
            "taken",
            "v",
            "temp",
            "payload",
            "services",
            "type",
            "hex",
            "b64",
            "regs",
            "flags",
            "json",
            "list",
            "kwh",
            "state",
            "label",
            "texts",
            "readings",
            "groups",
            "meters",
            "plants",
            "0");

    /** In an element. */
    static final List<String> OF_ELEMENTS =
            List.of("device_id", "ts", "v", "temp", "name", "value", "state", "hex", "type");

    /** Parts of a text by which it is recognised: no rejection and no log may contain it. */
    static final String SECRET = "zq7Mark";

    private static final List<String> STRANGE = List.of(
            "",
            " ",
            "a/b",
            "~",
            "~1",
            "~01",
            "-1",
            "00",
            "99999999999999999999",
            "\"",
            "\\",
            "\u0000",
            "\u00e4\u4e2d\ud83d\ude00",
            "\ud800",
            "\udc00x",
            "__proto__",
            "n".repeat(200),
            "n".repeat(10_001));

    private static final List<String> IDS = List.of(
            "d",
            "device-1",
            "A_b-9",
            "d".repeat(128),
            "d".repeat(129),
            "",
            " ",
            "../x",
            "%2e%2e",
            "a/b",
            "a b",
            "a\nb",
            "a\u0000b",
            "\"device-1\"",
            "860000000000002.0",
            "\u00e4",
            "\u0661",
            "\ud800",
            "d\r\nHost: elsewhere",
            SECRET + " not an ID");

    private Names() {}

    static String name(RandomGenerator random) {
        return any(random.nextInt(60) == 0 ? STRANGE : USUAL, random);
    }

    /** Candidates for a device ID: valid ones, most of the time. */
    static String id(RandomGenerator random) {
        return random.nextInt(12) == 0 ? any(IDS, random) : "device-" + random.nextInt(1000);
    }

    static <T> T any(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
