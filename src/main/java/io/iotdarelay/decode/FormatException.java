package io.iotdarelay.decode;

import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;

/** A value is not what its format says. Carries the detail out of a reader; it never leaves the room. */
final class FormatException extends IOException {

    private static final long serialVersionUID = 1;

    static final String EMPTY = "the value is empty";

    private static final Pattern ADVICE = Pattern.compile(
            "(?s)(?:: enable `| \\(not recognized as |: maybe a \\(non-standard\\)| for `ObjectNode`).*");

    private static final Pattern SOURCE = Pattern.compile(", from `[^`]*`");

    private final String detail;

    FormatException(String detail) {
        super(detail);
        this.detail = detail;
    }

    static FormatException of(JacksonException e) {
        return new FormatException(plain(e.getOriginalMessage()) + where(e.getLocation()));
    }

    /** Of a binary format, whose positions and tokens mean nothing to whoever reads a dead letter. */
    static FormatException of(JacksonException e, String format) {
        return e instanceof StreamConstraintsException
                ? new FormatException(plain(e.getOriginalMessage()))
                : incomplete(format);
    }

    static FormatException empty() {
        return new FormatException(EMPTY);
    }

    /** Not the format at all, or cut off. */
    static FormatException incomplete(String format) {
        return new FormatException("the value is not " + format + ", or is cut off");
    }

    static FormatException moreAfterTheValue() {
        return new FormatException("there is more after the value: expected one value per record");
    }

    static FormatException duplicateKey() {
        return new FormatException("a key occurs twice in one map");
    }

    /** Only texts and whole numbers can be names. */
    static FormatException invalidKey() {
        return new FormatException("a key of a map is neither a string nor a whole number");
    }

    static FormatException tooDeep() {
        return new FormatException("arrays and maps are nested deeper than the maximum, " + Bounds.MAX_DEPTH);
    }

    static FormatException longName() {
        return new FormatException("a name is longer than the maximum, " + Bounds.MAX_NAME_LENGTH + " characters");
    }

    static FormatException tooLarge(int maxSize) {
        return new FormatException("the value expands to more than max-value-size, " + maxSize + " bytes");
    }

    /** An exponent beyond what a decimal can hold: Jackson lets it through. */
    static FormatException outOfRange() {
        return new FormatException("a number is out of range");
    }

    String detail() {
        return detail;
    }

    /** Bad records are expected, and may be many. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** What is wrong, without the library's advice to enable a feature. */
    private static String plain(String message) {
        return message.startsWith("Trailing token")
                ? "there is more after the value: expected one JSON value per record"
                : SOURCE.matcher(ADVICE.matcher(message).replaceFirst("")).replaceAll("");
    }

    /** An exceeded bound has no location. */
    private static String where(@Nullable TokenStreamLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}
