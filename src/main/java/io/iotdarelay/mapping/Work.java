package io.iotdarelay.mapping;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What rules do for one record, over all of its routes and elements: counted in units of about ten nanoseconds, and bounded, so that no record
 * holds up the poll thread. It also remembers what is costly and the same for each element. Belongs to the thread that maps the record.
 */
public final class Work {

    /** The most units; about half a second. */
    static final long MOST = 50_000_000;

    /** What a record is told that takes more. */
    public static final String TOO_MUCH = "the rules take more than " + MOST / 1_000_000
            + " million units of work for this record (docs/mapping.md: too many elements, or too much text for each of them)";

    /** An element that is looked at. */
    static final int ELEMENT = 50;

    /** A value that a rule makes. */
    static final int VALUE = 10;

    private static final int CHARACTER = 10;
    private static final int INSTRUCTION = 4;
    private static final int FEW_INSTRUCTIONS = 10;

    /** How many bytes the values may have together that rules make for one report; no request has more. */
    private static final int LARGEST_REPORT = MadeText.LONGEST;

    /** What a record is told of whose values a report would have more. */
    static final String LARGER_THAN_ANY =
            "the values that rules make for the report have more than " + LARGEST_REPORT + " bytes";

    private long left = MOST;
    private long held;
    private long nodesOfAll;
    private @Nullable Result<JsonNode> keyText;
    private @Nullable Result<JsonNode> keyTree;

    /** Counts what is about to be done. Returns whether it may be. */
    boolean allows(long units) {
        left -= units;
        return left >= 0;
    }

    /** Counts what has been done. */
    public void add(long units) {
        left -= units;
    }

    /** Whether the record takes too much. What has been made of it since is not to be used. */
    public boolean isExceeded() {
        return left < 0;
    }

    /** The next report holds nothing yet. */
    void beginReport() {
        held = 0;
    }

    /** Counts a value that a rule has made for a report. Returns whether the report may still hold it. */
    boolean holds(JsonNode value) {
        long before = held;
        hold(value);
        if (value.isContainer()) {
            add(held - before);
        }
        return !isReportTooLarge();
    }

    /** Whether more has been made for the current report than any request can have. */
    boolean isReportTooLarge() {
        return held > LARGEST_REPORT;
    }

    /** At least as many bytes as are written: one for each character, and two for anything else and the comma behind it. */
    private void hold(JsonNode value) {
        held += value.isString() ? 2 + value.asString().length() : 2;
        if (value.isContainer()) {
            for (JsonNode child : value) {
                if (isReportTooLarge()) {
                    return;
                }
                hold(child);
            }
        }
    }

    /** The record's key as text. */
    Result<JsonNode> keyText(byte @Nullable [] key) {
        if (keyText == null) {
            keyText = Selector.text("key", key);
        }
        return keyText;
    }

    /** The record's key, which is JSON. */
    Result<JsonNode> keyTree(byte @Nullable [] key) {
        if (keyTree == null) {
            keyTree =
                    keyText(key).then(text -> EmbeddedJson.read(text.asString()).as("key"));
        }
        return keyTree;
    }

    /** How many nodes the record's value has. */
    long nodesOfAll(JsonNode value) {
        if (nodesOfAll == 0) {
            nodesOfAll = nodes(value);
        }
        return nodesOfAll;
    }

    /** What a character takes that a pattern is searched in: more than a few instructions may all be tried at each of them. */
    static int weight(Pattern pattern) {
        return Math.max(CHARACTER, INSTRUCTION * (pattern.programSize() - FEW_INSTRUCTIONS));
    }

    /** How many nodes a tree has, with itself. */
    static long nodes(JsonNode tree) {
        long nodes = 1;
        if (tree.isContainer()) {
            for (JsonNode child : tree) {
                nodes += nodes(child);
            }
        }
        return nodes;
    }

    /** How long a text, a number or an array is, without what is in it. */
    static long size(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.asString().length();
            case BINARY -> node.binaryValue().length;
            case ARRAY, OBJECT -> node.size();
            case NUMBER -> digits(node);
            default -> 1;
        };
    }

    private static long digits(JsonNode node) {
        if (node.isBigInteger()) {
            return node.bigIntegerValue().bitLength();
        }
        return node.isBigDecimal() ? node.decimalValue().precision() : 1;
    }
}
