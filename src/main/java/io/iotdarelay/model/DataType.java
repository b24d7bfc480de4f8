package io.iotdarelay.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The data types of a product model, by the platform's names. */
public enum DataType {
    INT("int", 32),
    LONG("long", 64),
    DECIMAL("decimal", 0),
    STRING("string", 0),
    DATE_TIME("DateTime", 0),
    ENUM("enum", 0),
    BOOLEAN("boolean", 0),
    JSON_OBJECT("jsonObject", 0),
    STRING_LIST("string list", 0);

    private final String text;
    private final int bits;

    DataType(String text, int bits) {
        this.text = text;
        this.bits = bits;
    }

    /**
     * The type of this name. The letters' case, blanks and hyphens do not count: the console and the API do not write it
     * alike. {@code integer} is another name of {@code int}.
     */
    static @Nullable DataType of(String name) {
        String plain = plain(name);
        return plain.equals("integer")
                ? INT
                : Arrays.stream(values())
                        .filter(type -> plain(type.text).equals(plain))
                        .findFirst()
                        .orElse(null);
    }

    /** All names, as the platform writes them. */
    static List<String> names() {
        return Arrays.stream(values()).map(type -> type.text).toList();
    }

    private static String plain(String name) {
        return name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
    }

    boolean isWhole() {
        return bits > 0;
    }

    boolean isNumeric() {
        return isWhole() || this == DECIMAL;
    }

    boolean isText() {
        return this == STRING || this == DATE_TIME || this == ENUM;
    }

    /** How many bits a whole number has. */
    int bits() {
        return bits;
    }

    @Override
    public String toString() {
        return text;
    }
}
