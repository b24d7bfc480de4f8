package io.iotdarelay.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
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
            "x".repeat(5000));

    private final RandomGenerator random;
    private final StringBuilder out = new StringBuilder();

    private Values(RandomGenerator random) {
        this.random = random;
    }

    /** One document. */
    static byte[] document(RandomGenerator random) {
        Values values = new Values(random);
        switch (random.nextInt(20)) {
            case 0 -> values.value(0);
            case 1 -> values.tower();
            case 2, 3, 4 -> values.platformForm();
            default -> values.object(0);
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
        return random.nextInt(25) > 0 ? Integer.toString(random.nextInt(2000) - 1000) : Names.any(NUMBERS, random);
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
    private void usualObject(int depth) {
        out.append('{');
        boolean first = true;
        for (String name : Names.USUAL) {
            if (random.nextInt(12) > 0) {
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
            usualObject(depth);
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
        if (name.endsWith("_id") || name.equals("sensor") || name.equals("gateway")) {
            string(Names.id(random));
        } else if (name.equals("ts") && random.nextInt(4) > 0) {
            out.append(1_600_000_000L + random.nextInt(100_000_000));
        } else {
            value(depth + 1);
        }
    }

    private void platformForm() {
        out.append("{\"device_id\":");
        string(Names.id(random));
        out.append(",\"sensor\":");
        string(Names.id(random));
        out.append(",\"gateway\":");
        string(Names.id(random));
        out.append(",\"services\":[");
        int entries = random.nextInt(4);
        for (int i = 0; i < entries; i++) {
            separate(i);
            entry();
        }
        out.append("]}");
    }

    private void entry() {
        out.append('{');
        if (random.nextInt(20) > 0) {
            out.append("\"service_id\":\"Meter\",");
        }
        out.append("\"properties\":");
        if (random.nextInt(20) > 0) {
            object(2);
        } else {
            value(2);
        }
        if (random.nextBoolean()) {
            out.append(",\"event_time\":");
            value(DEEPEST + 1);
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
            if (escapeAll || c < ' ' || c == '"' || c == '\\' || (Character.isSurrogate(c) && random.nextBoolean())) {
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
