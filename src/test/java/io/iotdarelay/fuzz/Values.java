package io.iotdarelay.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** Writes random JSON, most of it well-formed and of the shape that routes look for. */
final class Values {

    private static final int DEEPEST = 6;

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "1",
            "21.50",
            "-40",
            "1e2",
            "1E-7",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "1628849410",
            "1628849410123",
            "99999999999999999",
            "1e400",
            "1e401",
            "-1e-401",
            "1e1000000000",
            "-1e-1000000000",
            "1e2147483647",
            "1e2147483648",
            "1e99999999999999",
            "0e99999999999999",
            "0e1000000000",
            "0.1e-2147483648",
            "1".repeat(1000),
            "1".repeat(1001),
            "0." + "3".repeat(998),
            "0." + "0".repeat(500) + "1",
            "1" + "0".repeat(500) + "e-500",
            "00",
            "01",
            "+1",
            ".5",
            "1.",
            "-",
            "0x1F",
            "NaN",
            "-Infinity");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "text",
            "12.5",
            " 12 ",
            "1e999999999",
            "1e-2147483648",
            "9".repeat(999),
            "9".repeat(1001),
            "true",
            "0",
            "NaN",
            "2026-11-01T12:34:56.789Z",
            "2026-11-01T12:34:56",
            "2026-11-01T12:34:56+01:00",
            "2026-11-01T12:34:56+01:00[Europe/Paris]",
            "2026-02-30T00:00:00Z",
            "+999999999-12-31T23:59:59.999999999-18:00",
            "-999999999-01-01T00:00:00+18:00",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:60Z",
            "20161219T114920Z",
            "20161319T114920Z",
            "99999999T999999Z",
            "................",
            "1.2.3",
            "1628849410",
            "1".repeat(40),
            "1".repeat(41),
            "\u0661\u0662",
            "\ufeff",
            "\u0000",
            "\u2028",
            "\ud83d\ude00",
            "\ud800",
            "\udc00\ud800",
            "</script>",
            "${jndi:ldap://x}",
            Names.SECRET,
            Names.SECRET + " and a blank/\u00e9",
            "x".repeat(5000));

    private static final List<String> PROPERTIES = List.of("v", "temp", "state", "hex", "0");

    private static final List<String> STATES =
            List.of("\"ON\"", "\"OFF\"", "\"on\"", "1", "0", "true", "false", "\"unknown\"", "null");

    private static final List<String> EMBEDDED = List.of(
            "{\"rpm\":1}",
            "{\"rpm\":2,\"a\":[1,2]}",
            "{\"rpm\":\"x\"}",
            "{\"rpm\":1450}",
            "{\"rpm\":null,\"a\":[1,2]}",
            "[",
            "1e2147483648",
            "[".repeat(300),
            "{\"a\":1,\"a\":2}",
            "");

    private final RandomGenerator random;
    private final StringBuilder out = new StringBuilder();

    private Values(RandomGenerator random) {
        this.random = random;
    }

    /**
     * One document.
     *
     * @param array whether it is to be an array, rather than an object
     */
    static byte[] document(boolean array, RandomGenerator random) {
        Values values = new Values(random);
        switch (random.nextInt(40)) {
            case 0 -> values.value(0);
            case 1 -> values.tower();
            case 2, 3 -> values.platformForm();
            case 4, 5 -> values.elements(4);
            default -> {
                if (array) {
                    values.elements(5);
                } else {
                    values.object(0);
                }
            }
        }
        // Unescaped lone surrogates become the three bytes that no UTF-8 encoder would write.
        return cesu(values.out);
    }

    /** One of the texts, as a record's key or header may hold it. */
    static String text(RandomGenerator random) {
        return random.nextBoolean() ? Names.id(random) : Names.any(TEXTS, random);
    }

    private void value(int depth) {
        switch (random.nextInt(depth > DEEPEST ? 8 : 10)) {
            case 0, 1, 2 -> out.append(number());
            case 3, 4, 5 -> string(Names.any(TEXTS, random));
            case 6 -> string(Names.id(random));
            case 7 -> out.append(random.nextInt(50) == 0 ? "nul" : Names.any(List.of("true", "false", "null"), random));
            case 8 -> array(depth);
            default -> object(depth);
        }
    }

    private String number() {
        return random.nextInt(80) > 0 ? Integer.toString(random.nextInt(2000) - 1000) : Names.any(NUMBERS, random);
    }

    private void array(int depth) {
        out.append('[');
        int length = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            separate(i);
            value(depth + 1);
        }
        out.append(']');
    }

    /** What routes look for, most of it. */
    private void usualObject(List<String> names, int depth) {
        out.append('{');
        boolean first = true;
        for (String name : names) {
            if (random.nextInt(name.equals("device_id") ? 60 : 12) > 0) {
                separate(first ? 0 : 1);
                first = false;
                member(name, depth);
            }
        }
        out.append('}');
    }

    /** Any names. The number behind most of them keeps them apart: one that is there twice spoils the document. */
    private void object(int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            usualObject(depth == 0 ? Names.USUAL : Names.OF_ELEMENTS, depth);
            return;
        }
        out.append('{');
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            separate(i);
            String name = Names.name(random);
            member(i == 0 || random.nextInt(200) == 0 ? name : name + i, depth);
        }
        out.append('}');
    }

    private void member(String name, int depth) {
        string(name);
        out.append(':');
        if (random.nextInt(name.equals("device_id") ? 80 : 20) == 0) {
            value(depth + 1);
            return;
        }
        switch (name) {
            case "device_id", "sensor", "gateway" -> string(Names.id(random));
            case "ts" -> time();
            case "taken" -> string(Names.any(List.of("01.11.2026 12:34:56", "31.02.2026 00:00:00", "soon"), random));
            case "v", "temp", "value" -> out.append(random.nextInt(8) == 0 ? '"' + number() + '"' : number());
            case "payload" -> object(depth + 1);
            case "services" -> services();
            case "hex" -> string(HexFormat.of().formatHex(bytes()));
            case "b64" -> string(encoder().encodeToString(bytes()));
            case "regs" ->
                list(random.nextInt(8), i -> out.append(random.nextInt(random.nextInt(9) == 0 ? 70_000 : 65_536)));
            case "flags" -> out.append(random.nextInt(256));
            case "json" -> string(Names.any(EMBEDDED, random));
            case "list" -> list(random.nextInt(5), this::pair);
            case "kwh" -> string(Names.any(List.of("1.234,5", "0,5", "-1", "12 kWh", ""), random));
            case "state" -> out.append(Names.any(STATES, random));
            case "type" ->
                string(Names.any(List.of("Meter", "good", "reading", "a b", "", Names.SECRET + " x"), random));
            case "label" -> string(Names.any(List.of("site4/boiler-2/temp", "a/b", "Line4", ""), random));
            case "name" -> string(Names.any(List.of("Line4/temp", "v", "temp", "a b", "level"), random));
            case "texts" -> list(random.nextInt(4), i -> string(Names.any(TEXTS, random)));
            case "readings" -> elements(4);
            case "groups" -> list(random.nextInt(3), i -> group());
            case "meters" -> meters();
            case "plants" -> plants();
            default -> value(depth + 1);
        }
    }

    private void time() {
        long seconds = 1_793_540_096L - random.nextInt(100_000_000);
        switch (random.nextInt(8)) {
            case 0 -> out.append(seconds * 1000 + random.nextInt(1000));
            case 1 -> out.append(seconds * 1_000_000);
            case 2 -> out.append(seconds * 1_000_000_000);
            case 3 -> string(Instant.ofEpochSecond(seconds).toString());
            case 4 -> string(Names.any(TEXTS, random));
            case 5 ->
                string(DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.ofEpochSecond(seconds).atZone(ZoneOffset.UTC)));
            default -> out.append(seconds);
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(24)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Base64.Encoder encoder() {
        return random.nextBoolean() ? Base64.getEncoder() : Base64.getUrlEncoder();
    }

    private void list(int size, IntConsumer element) {
        out.append('[');
        for (int i = 0; i < size; i++) {
            separate(i);
            element.accept(i);
        }
        out.append(']');
    }

    private void elements(int most) {
        int size = random.nextInt(400) == 0 ? 1_001 : random.nextInt(most);
        list(size, i -> usualObject(Names.OF_ELEMENTS, 2));
    }

    private void pair(int number) {
        out.append("{\"name\":\"")
                .append(Names.any(List.of("temp", "v", "Line4/level", "x y"), random))
                .append(random.nextInt(3) > 0 ? number : "")
                .append("\",\"value\":");
        value(DEEPEST + 1);
        out.append('}');
    }

    private void group() {
        out.append("{\"device_id\":");
        string(Names.id(random));
        out.append(",\"type\":\"good\",\"items\":");
        elements(3);
        out.append('}');
    }

    private void plants() {
        out.append('{');
        int size = random.nextInt(3);
        for (int i = 0; i < size; i++) {
            separate(i);
            string("device-" + i);
            out.append(':');
            elements(3);
        }
        out.append('}');
    }

    private void meters() {
        out.append('{');
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            separate(i);
            string(random.nextInt(20) == 0 ? Names.id(random) : "device-" + i);
            out.append(':').append(number());
        }
        out.append('}');
    }

    private void platformForm() {
        out.append("{\"device_id\":");
        string(Names.id(random));
        out.append(",\"sensor\":");
        string(Names.id(random));
        out.append(",\"gateway\":");
        string(Names.id(random));
        out.append(",\"type\":\"good\",\"services\":");
        services();
        out.append('}');
    }

    private void services() {
        list(random.nextInt(4), i -> entry());
    }

    private void entry() {
        out.append('{');
        if (random.nextInt(20) > 0) {
            out.append("\"service_id\":\"")
                    .append(random.nextInt(20) == 0 ? "No Service" : "Meter")
                    .append("\",");
        }
        out.append("\"properties\":");
        if (random.nextInt(20) > 0) {
            usualObject(PROPERTIES, DEEPEST);
        } else {
            value(2);
        }
        if (random.nextBoolean()) {
            out.append(",\"event_time\":");
            time();
        }
        out.append('}');
    }

    /** Nothing but depth, up to around the bound and far beyond. */
    private void tower() {
        int height = random.nextInt(10) == 0 ? 10_000 : 190 + random.nextInt(20);
        String floor = random.nextBoolean() ? "[" : "{\"v\":";
        out.append(floor.repeat(height)).append('1').append((floor.equals("[") ? "]" : "}").repeat(height));
    }

    private void separate(int i) {
        if (i > 0) {
            out.append(random.nextInt(1000) == 0 ? ' ' : ',');
        }
    }

    private void string(String text) {
        out.append('"');
        boolean escapeAll = random.nextInt(10) == 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (escapeAll || c < ' ' || c == '"' || c == '\\' || (Character.isSurrogate(c) && random.nextInt(12) > 0)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /** UTF-8, but lone surrogates are encoded as if they were characters. */
    private static byte[] cesu(CharSequence text) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream(text.length());
        text.codePoints().forEach(c -> {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 | (c >> 12));
                bytes.write(0x80 | ((c >> 6) & 0x3F));
                bytes.write(0x80 | (c & 0x3F));
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
